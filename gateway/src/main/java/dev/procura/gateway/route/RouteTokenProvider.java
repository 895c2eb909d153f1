package dev.procura.gateway.route;

import dev.procura.gateway.credential.Credentials;
import dev.procura.gateway.credential.OutboundCredential;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.policy.Permit;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.time.Clock;
import java.util.function.Supplier;
import org.springframework.security.oauth2.client.OAuth2AuthorizationContext;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.ReactiveOAuth2AuthorizedClientProvider;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Gives custom code inside the gateway the token that a route would send, for the caller of the request at hand: with the
 * route's rule, its plan and the one cache.
 *
 * <p>Who is calling is what the permit of the request says. The principal and the authorized client of the context are
 * anybody's to set, so neither is looked at. Without a request, without a permit, for a caller whom the named route would
 * not let in, or for a route without a token of its own, there is an error and never nothing: whoever asks would take
 * nothing for leave to use what it has stored.
 *
 * <p>Not checked: where the custom code sends the token.
 */
public final class RouteTokenProvider implements ReactiveOAuth2AuthorizedClientProvider {

    /** The name under which Spring Security hands the request on. */
    private static final String EXCHANGE = ServerWebExchange.class.getName();

    private final RouteRegistrations registrations;
    private final Admission admission;
    private final Supplier<Credentials> credentials;
    private final Clock clock;

    /** @param credentials not asked before a request is: what they need is checked against the filters that want this */
    public RouteTokenProvider(
            RouteRegistrations registrations, Admission admission, Supplier<Credentials> credentials, Clock clock) {
        this.registrations = registrations;
        this.admission = admission;
        this.credentials = SingletonSupplier.of(credentials);
        this.clock = clock;
    }

    @Override
    public Mono<OAuth2AuthorizedClient> authorize(OAuth2AuthorizationContext context) {
        return Mono.defer(() -> {
            RouteRegistrations.Registered named =
                    registrations.require(context.getClientRegistration().getRegistrationId());
            Permit earlier = permit(context);
            return admission
                    .readmit(named.route().rule(), earlier)
                    .flatMap(permit -> credentials
                            .get()
                            .provide(named.route().plan(), permit)
                            .map(credential -> authorized(named, permit, credential)))
                    .switchIfEmpty(Mono.error(() -> refused("obtained neither a token nor a reason")));
        });
    }

    private static Permit permit(OAuth2AuthorizationContext context) {
        if (!(context.getAttributes().get(EXCHANGE) instanceof ServerWebExchange exchange)) {
            throw refused("does not say for which request (the attribute " + EXCHANGE + ")");
        }
        Permit permit = RequestState.permit(exchange);
        if (permit == null) {
            throw refused("asks for a request that came in on no route of procura.routes");
        }
        return permit;
    }

    private OAuth2AuthorizedClient authorized(
            RouteRegistrations.Registered named, Permit permit, OutboundCredential credential) {
        if (!(credential instanceof OutboundCredential.Bearer bearer)
                || bearer.userContext().isPresent()) {
            throw refused("was given something that is not a token alone");
        }
        // Ends as it begins, as far as custom code is told: it is for the request at hand, and the cache is asked
        // again.
        OAuth2AccessToken token = new OAuth2AccessToken(
                OAuth2AccessToken.TokenType.BEARER, bearer.token().reveal(), null, clock.instant());
        return new OAuth2AuthorizedClient(named.registration(), nameOf(permit.caller()), token);
    }

    /** A name that no two people share, should anybody keep something under it; never {@code sub}. */
    private static String nameOf(Caller caller) {
        return caller instanceof Caller.Known known
                ? known.token().fingerprint().base64Url()
                : "anyone";
    }

    private static ProblemException refused(String reason) {
        return ProblemException.of(Problem.INTERNAL_ERROR, "custom code that wants a route's token " + reason);
    }
}
