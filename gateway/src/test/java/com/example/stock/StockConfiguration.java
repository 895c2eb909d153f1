package com.example.stock;

import static org.springframework.security.oauth2.client.web.reactive.function.client.ServerOAuth2AuthorizedClientExchangeFilterFunction.clientRegistrationId;
import static org.springframework.security.oauth2.client.web.reactive.function.client.ServerOAuth2AuthorizedClientExchangeFilterFunction.serverWebExchange;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.security.oauth2.client.ReactiveOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.web.reactive.function.client.ServerOAuth2AuthorizedClientExchangeFilterFunction;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.web.reactive.function.client.WebClient;

/** The example of docs/custom-code.md. */
// begin
@AutoConfiguration
public class StockConfiguration {

    @Bean
    StockGatewayFilterFactory stock(
            ReactiveOAuth2AuthorizedClientManager tokens, @Value("${example.inventory-uri}") String inventory) {
        var oauth = new ServerOAuth2AuthorizedClientExchangeFilterFunction(tokens);
        // There are no sessions here, so none is looked for.
        oauth.setServerSecurityContextRepository(NoOpServerSecurityContextRepository.getInstance());
        return new StockGatewayFilterFactory(
                WebClient.builder().baseUrl(inventory).filter(oauth).build());
    }

    /** In a route: {@code filters: [Stock]}. */
    static final class StockGatewayFilterFactory extends AbstractGatewayFilterFactory<Object> {

        private final WebClient inventory;

        StockGatewayFilterFactory(WebClient inventory) {
            this.inventory = inventory;
        }

        @Override
        public GatewayFilter apply(Object config) {
            return (exchange, chain) -> inventory
                    .get()
                    .uri("/inventory/stock")
                    // Whose token, and for whom: both have to be said.
                    .attributes(clientRegistrationId("inventory"))
                    .attributes(serverWebExchange(exchange))
                    .retrieve()
                    .bodyToMono(String.class)
                    .defaultIfEmpty("unknown")
                    .flatMap(stock -> chain.filter(exchange.mutate()
                            .request(request -> request.header("X-Stock", stock))
                            .build()));
        }
    }
}
// end
