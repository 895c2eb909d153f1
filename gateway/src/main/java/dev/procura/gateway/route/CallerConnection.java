package dev.procura.gateway.route;

/** The connection that a request came by, as long as it is that request's. */
interface CallerConnection {

    /** Runs it on the connection's own thread, on which nothing is written meanwhile. */
    void execute(Runnable task);

    /** Ends it so that what has been sent cannot be taken for complete. On its own thread. */
    void cut();

    /** The same in a moment, unless it has ended by itself. */
    void cutSoon();
}
