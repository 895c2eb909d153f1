package dev.procura.gateway;

import dev.procura.gateway.console.RevocationEndpoint;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * What the management port serves of our own. Named in {@code META-INF/spring} and no {@code @Configuration}, which the
 * component scan would find: it belongs to the context of the management port, wherever that is.
 */
@ConditionalOnAvailableEndpoint(endpoint = ManagementPaths.RevocationsId.class)
final class ManagementPaths {

    /** The id by which Spring Boot's settings switch it: {@code management.endpoints.web.exposure} and the like. */
    @Endpoint(id = RevocationsId.ID)
    interface RevocationsId {
        String ID = "revocations";
    }

    @Bean
    RouterFunction<ServerResponse> revocationPaths(RevocationEndpoint endpoint, WebEndpointProperties properties) {
        String path = properties.getBasePath() + "/" + RevocationsId.ID;
        return RouterFunctions.route()
                .POST(path, endpoint::revoke)
                .GET(path, endpoint::list)
                .route(
                        RequestPredicates.path(path),
                        request -> Mono.error(
                                ProblemException.of(Problem.NO_ROUTE, "revocations are read and added, no more")))
                .build();
    }
}
