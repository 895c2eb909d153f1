package dev.procura.benchmarks.handwired;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.ReactiveOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.TokenExchangeReactiveOAuth2AuthorizedClientProvider;
import org.springframework.security.oauth2.client.registration.ReactiveClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultReactiveOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.web.server.ServerOAuth2AuthorizedClientRepository;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.server.ServerWebExchange;

/** Resource server, token exchange, one filter, actuator; everything else as Spring Boot has it. */
@SpringBootApplication
public class HandWiredGateway {

    public static void main(String[] args) {
        SpringApplication.run(HandWiredGateway.class, args);
    }

    @Bean
    SecurityWebFilterChain security(ServerHttpSecurity http) {
        return http.authorizeExchange(exchanges -> exchanges
                        .pathMatchers("/orders/**")
                        .hasAuthority("SCOPE_orders:read")
                        .anyExchange()
                        .denyAll())
                .oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults()))
                .build();
    }

    @Bean
    ReactiveOAuth2AuthorizedClientManager clients(
            ReactiveClientRegistrationRepository registrations, ServerOAuth2AuthorizedClientRepository authorized) {
        DefaultReactiveOAuth2AuthorizedClientManager manager =
                new DefaultReactiveOAuth2AuthorizedClientManager(registrations, authorized);
        manager.setAuthorizedClientProvider(new TokenExchangeReactiveOAuth2AuthorizedClientProvider());
        return manager;
    }

    @Bean
    GlobalFilter tokenExchange(ReactiveOAuth2AuthorizedClientManager clients) {
        return (exchange, chain) -> exchange.getPrincipal()
                .cast(Authentication.class)
                .map(caller -> OAuth2AuthorizeRequest.withClientRegistrationId("gateway")
                        .principal(caller)
                        .attribute(ServerWebExchange.class.getName(), exchange)
                        .build())
                .flatMap(clients::authorize)
                .flatMap(client -> {
                    ServerHttpRequest request = exchange.getRequest()
                            .mutate()
                            .headers(headers -> headers.setBearerAuth(
                                    client.getAccessToken().getTokenValue()))
                            .build();
                    return chain.filter(exchange.mutate().request(request).build());
                });
    }
}
