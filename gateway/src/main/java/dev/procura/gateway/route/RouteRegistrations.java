package dev.procura.gateway.route;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.CredentialPlan;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ReactiveClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.util.function.SingletonSupplier;
import reactor.core.publisher.Mono;

/**
 * The routes that obtain a token, in the words of Spring Security: the registration id is the id of the route.
 *
 * <p>A registration holds no secret and no token endpoint, and its grant type is the gateway's own: nothing but {@link
 * RouteTokenProvider} can obtain a token with it. Not here: routes that pass the caller's token on, that send none, or
 * whose token means little without the signed statement beside it.
 */
public final class RouteRegistrations implements ReactiveClientRegistrationRepository {

    /** How a token is asked for is the route's matter; no provider of Spring Security knows this grant. */
    static final AuthorizationGrantType GRANT = new AuthorizationGrantType("urn:procura:grant-type:route");

    /** @param registration absent where the route has no token for custom code */
    private record Known(ProcuraRoute route, Optional<ClientRegistration> registration) {}

    /** A route, and what custom code knows of it. */
    record Registered(ProcuraRoute route, ClientRegistration registration) {}

    private final Supplier<Map<String, Known>> known;

    /** @param routes not asked before a request is: they are checked against the filters that want these registrations */
    public RouteRegistrations(Supplier<Routes> routes) {
        this.known = SingletonSupplier.of(() -> routes.get().all().stream()
                .collect(Collectors.toUnmodifiableMap(
                        ProcuraRoute::id,
                        route -> new Known(route, client(route).map(client -> register(route, client))))));
    }

    /** Empty when no route of this name has a token for custom code. */
    @Override
    public Mono<ClientRegistration> findByRegistrationId(String registrationId) {
        return Mono.defer(() -> Mono.justOrEmpty(
                Optional.ofNullable(known.get().get(registrationId)).flatMap(Known::registration)));
    }

    /** @throws ProblemException which says why custom code cannot have the credential of this route */
    Registered require(String registrationId) {
        Known one = known.get().get(registrationId);
        if (one == null) {
            throw refused("no route of procura.routes has the id that custom code names as its client registration");
        }
        return new Registered(one.route(), one.registration().orElseThrow(() -> refused(reasonAgainst(one.route()))));
    }

    private static String reasonAgainst(ProcuraRoute route) {
        return "custom code asks for the token of route " + route.id() + ", which "
                + (route.sendsUserContext()
                        ? "sends user-context: signed with it, and that statement cannot travel with it here"
                        : "obtains none (credential: on-behalf-of or client-credentials does)");
    }

    private static Optional<Client> client(ProcuraRoute route) {
        if (route.plan() instanceof CredentialPlan.OnBehalfOf plan) {
            return Optional.of(plan.client());
        }
        return route.plan() instanceof CredentialPlan.ClientCredentials plan && !route.sendsUserContext()
                ? Optional.of(plan.client())
                : Optional.empty();
    }

    private static ClientRegistration register(ProcuraRoute route, Client client) {
        return ClientRegistration.withRegistrationId(route.id())
                .authorizationGrantType(GRANT)
                .clientId(client.id())
                .clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
                .build();
    }

    private static ProblemException refused(String reason) {
        return ProblemException.of(Problem.INTERNAL_ERROR, reason);
    }
}
