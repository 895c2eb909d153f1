package dev.procura.gateway.route;

import org.springframework.security.oauth2.client.OAuth2AuthorizationContext;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.ReactiveOAuth2AuthorizedClientManager;
import reactor.core.publisher.Mono;

/**
 * What a {@code WebClient} of custom code asks for its token. Keeps nothing: every question goes to {@link
 * RouteTokenProvider}, also when it comes with an authorized client, of which the id of the registration counts alone.
 */
public final class RouteTokenManager implements ReactiveOAuth2AuthorizedClientManager {

    private final RouteRegistrations registrations;
    private final RouteTokenProvider provider;

    public RouteTokenManager(RouteRegistrations registrations, RouteTokenProvider provider) {
        this.registrations = registrations;
        this.provider = provider;
    }

    @Override
    public Mono<OAuth2AuthorizedClient> authorize(OAuth2AuthorizeRequest request) {
        return Mono.defer(() -> provider.authorize(OAuth2AuthorizationContext.withClientRegistration(
                        registrations.require(request.getClientRegistrationId()).registration())
                .principal(request.getPrincipal())
                .attributes(attributes -> attributes.putAll(request.getAttributes()))
                .build()));
    }
}
