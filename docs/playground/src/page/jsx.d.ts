import type { VNodeChild } from 'vue'

// The types of Vue do not name the property in which the automatic runtime passes the children of an element.
declare module 'vue' {
  interface HTMLAttributes {
    children?: VNodeChild
  }
}
