package dev.procura.gateway.route;

import java.util.List;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Opens WebSockets as another does, and has them followed: to the framework, the request that opened one is over as soon as
 * it is open.
 */
public final class LiveSockets implements WebSocketService {

    private final WebSocketService opening;
    private final LiveRequests requests;

    public LiveSockets(WebSocketService opening, LiveRequests requests) {
        this.opening = opening;
        this.requests = requests;
    }

    @Override
    public Mono<Void> handleRequest(ServerWebExchange exchange, WebSocketHandler handler) {
        LiveRequest request = RequestState.live(exchange);
        return opening.handleRequest(exchange, request == null ? handler : new Followed(handler, request, requests));
    }

    private record Followed(WebSocketHandler handler, LiveRequest request, LiveRequests requests)
            implements WebSocketHandler {

        @Override
        public List<String> getSubProtocols() {
            return handler.getSubProtocols();
        }

        @Override
        public Mono<Void> handle(WebSocketSession session) {
            return requests.followSocket(request, session, handler.handle(session));
        }
    }
}
