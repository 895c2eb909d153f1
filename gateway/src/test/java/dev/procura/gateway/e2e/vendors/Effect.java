package dev.procura.gateway.e2e.vendors;

/** What an answer that serves nobody changes for the requests after it. */
enum Effect {
    /** The caller is told the same from memory for a short time; then he is asked for again. */
    REMEMBERED,
    /** Nothing is kept: the next request asks again, and is served when the server has come round. */
    ASKED_AGAIN,
    /** The same; and whoever has a token that is valid for a while yet is served with it. */
    STILL_SERVED,
    /**
     * The server has asked for time. The caller that was sent away does not ask again; nobody does, once a second one was
     * sent away. Whoever has a token that is still valid is served with it.
     */
    WAITED_FOR,
    /** The client does not ask for a while, for anybody; then it does. Other clients go on. */
    PAUSED
}
