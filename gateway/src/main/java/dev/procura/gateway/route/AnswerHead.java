package dev.procura.gateway.route;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import reactor.netty.http.client.HttpClientResponse;

/** What is known of the answer to a request that is under way. */
interface AnswerHead {

    /** Whether the tier has begun to answer. */
    boolean hasCome();

    /** As the tier sent it; null when there is none, or it has not come. */
    @Nullable
    String contentTypeOfTier();

    /** As it is sent on, whatever filters have made of it. */
    @Nullable
    String contentTypeToCaller();

    /** Of a request that Spring Cloud Gateway routes. */
    static AnswerHead of(ServerWebExchange exchange) {
        return new AnswerHead() {
            private @Nullable HttpClientResponse head() {
                return exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR);
            }

            @Override
            public boolean hasCome() {
                return head() != null;
            }

            @Override
            public @Nullable String contentTypeOfTier() {
                HttpClientResponse head = head();
                return head == null ? null : head.responseHeaders().get(HttpHeaders.CONTENT_TYPE);
            }

            @Override
            public @Nullable String contentTypeToCaller() {
                return exchange.getResponse().getHeaders().getFirst(HttpHeaders.CONTENT_TYPE);
            }
        };
    }
}
