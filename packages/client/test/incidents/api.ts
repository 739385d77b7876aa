/** What is the same for every resource server of an incident. */
export const API = { id: 'orders-api', secret: 's3cr3t-of-orders', audience: 'https://orders.example.com' }

/** The shortest lease that there is. */
export const LEASE_SECONDS = 3
