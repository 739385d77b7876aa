using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      bindings = [
        (name = "ISSUER", fromEnvironment = "ISSUER"),
        (name = "CLIENT_SECRET", fromEnvironment = "CLIENT_SECRET"),
      ],
      # Requests share promises, which an isolate allows from 2024-10-14 on.
      compatibilityDate = "2026-10-01",
      globalOutbound = "loopback",
    )),
    # workerd reaches no private address unless it is told to. A deployed worker does not need this.
    (name = "loopback", network = (allow = ["127.0.0.0/8"])),
  ],
  sockets = [(name = "http", http = (), service = "main")],
);
