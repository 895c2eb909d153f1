package dev.procura.gateway.cache;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Actor;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.fixture.CacheExample;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.fixture.Randomly;
import dev.procura.gateway.idp.StepwiseTokenSource;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.TokenValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Grants of every kind, through the cache and the steps below it: whatever is asked in whatever order, nobody gets a token
 * that names another caller, tenant, client, target, actor, claims request or first step. The server's answer names
 * everything that it was asked with.
 */
class StepsPropertyTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final CacheProperties CACHE = CacheExample.of(
            10_000, DataSize.ofMegabytes(50), Duration.ofMinutes(2), Duration.ofSeconds(10), Duration.ofSeconds(5));

    private static final List<String> TENANTS =
            List.of("8f5c2d3e-0000-4000-8000-000000000001", "8f5c2d3e-0000-4000-8000-000000000002");
    private static final List<String> CLAIMS = List.of(
            "{\"access_token\":{\"acrs\":{\"value\":\"c1\"}}}", "{\"access_token\":{\"acrs\":{\"value\":\"c2\"}}}");

    private final MutableClock clock = MutableClock.at(NOW);

    private static String said(Grant grant) {
        StringBuilder text = new StringBuilder(grant.getClass().getSimpleName());
        tell(text, grant.client());
        tell(text, grant.target());
        if (grant instanceof Grant.OnBehalfOf onBehalfOf) {
            tell(text, onBehalfOf.subject());
            onBehalfOf.actor().ifPresent(actor -> tell(text, actor));
            onBehalfOf.claims().ifPresent(claims -> text.append("|claims=").append(claims));
        }
        if (grant instanceof Grant.Assertion assertion) {
            text.append("|assertion=").append(assertion.assertion().reveal());
        }
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void tell(StringBuilder text, Client client) {
        text.append("|client=").append(client);
    }

    private static void tell(StringBuilder text, Target target) {
        text.append("|target=").append(target);
    }

    private static void tell(StringBuilder text, Caller.Known caller) {
        text.append("|caller=")
                .append(caller.issuerName())
                .append(caller.identity())
                .append(caller.token().reveal());
    }

    private static void tell(StringBuilder text, Actor actor) {
        if (actor instanceof Actor.CallingApi api) {
            tell(text.append("|api"), api.caller());
        } else if (actor instanceof Actor.ProvenGateway gateway) {
            text.append("|gateway=").append(gateway.token().reveal());
        } else {
            throw new AssertionError("the server is asked with the gateway's token, not with its name");
        }
    }

    /** Worked out without any of the code that is tried: the names of all that was asked for, step by step. */
    private static String expected(Grant grant) {
        if (grant instanceof Grant.Chained chained) {
            return said(new Grant.Assertion(
                    chained.client(), chained.target(), TokenValue.of(expected(chained.first())), chained.first()));
        }
        if (grant instanceof Grant.OnBehalfOf onBehalfOf
                && onBehalfOf.actor().orElse(null) instanceof Actor.Gateway gateway) {
            return said(new Grant.OnBehalfOf(
                    onBehalfOf.client(),
                    onBehalfOf.target(),
                    onBehalfOf.subject(),
                    Optional.of(new Actor.ProvenGateway(gateway.own(), TokenValue.of(said(gateway.own())))),
                    onBehalfOf.claims()));
        }
        return said(grant);
    }

    /** Few values for each part, so that many grants differ in one part alone. */
    private static Grant anyGrant(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> any(random).clientCredentials();
            case 1 -> any(random).after(onBehalfOf(random));
            default -> onBehalfOf(random).onBehalfOf();
        };
    }

    private static GrantExample any(Random random) {
        GrantExample grant = GrantExample.of(caller(random))
                .client(GrantExample.named(random.nextBoolean() ? "gateway" : "other"))
                .audience(random.nextBoolean() ? "orders-api" : "billing-api");
        grant = random.nextInt(3) == 0 ? grant.tenant(Randomly.oneOf(random, TENANTS)) : grant;
        return random.nextInt(3) == 0 ? grant.scopes(random.nextBoolean() ? "read" : "write") : grant;
    }

    private static GrantExample onBehalfOf(Random random) {
        GrantExample grant = any(random);
        grant = random.nextInt(3) == 0 ? grant.claims(Randomly.oneOf(random, CLAIMS)) : grant;
        return switch (random.nextInt(4)) {
            case 0 -> grant.actor(CallerExample.app(random.nextBoolean() ? "orders-api" : "other-api"));
            case 1 -> grant.actor(new Actor.Gateway(any(random).clientCredentials()));
            default -> grant;
        };
    }

    private static CallerExample caller(Random random) {
        CallerExample user = CallerExample.user(random.nextBoolean() ? "alice" : "bob");
        user = random.nextInt(4) == 0 ? user.issuerName("partner").iss("https://partner.test") : user;
        user = random.nextInt(4) == 0 ? user.tenant(Randomly.oneOf(random, TENANTS)) : user;
        user = random.nextInt(4) == 0 ? user.identity(Map.of("oid", "o-1")) : user;
        // One token text for several people, should two issuers give the same opaque one.
        return random.nextInt(3) == 0 ? user.token("the-same-token") : user;
    }

    private TokenSource stack(FakeTokenSource server) {
        return new CachingTokenSource(
                new StepwiseTokenSource(server, new CachingTokenSource(server, CACHE, CacheExample.alone(clock))),
                CACHE,
                CacheExample.alone(clock));
    }

    @Test
    void nobodyEverGetsATokenThatNamesAnythingOfSomebodyElse() {
        Randomly.check(random -> {
            FakeTokenSource server = FakeTokenSource.answering(grant -> random.nextInt(20) == 0
                    ? Mono.error(ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "away"))
                    : Mono.just(
                            FakeTokenSource.token(said(grant), clock.instant().plusSeconds(60))));
            TokenSource source = stack(server);
            int given = 0;
            int rounds = Randomly.rounds(6000);
            for (int round = 0; round < rounds; round++) {
                Grant grant = anyGrant(random);
                clock.advance(Duration.ofMillis(random.nextInt(50)));

                Optional<AccessToken> token = source.token(grant)
                        .onErrorResume(ProblemException.class, failure -> Mono.empty())
                        .blockOptional(SOON);

                given += token.isPresent() ? 1 : 0;
                token.ifPresent(some ->
                        assertThat(some.value().reveal()).as("%s", grant).isEqualTo(expected(grant)));
            }
            assertThat(given).isGreaterThan(rounds * 5 / 6);
            assertThat(server.asked()).noneMatch(Grant.Chained.class::isInstance);
        });
    }

    @Test
    void norWhenManyAskAtOnce() {
        Randomly.check(random -> {
            FakeTokenSource server = FakeTokenSource.answering(
                    grant -> Mono.fromSupplier(() -> FakeTokenSource.token(said(grant), NOW.plusSeconds(3600)))
                            .subscribeOn(Schedulers.parallel()));
            TokenSource source = stack(server);
            List<Grant> grants = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                grants.add(anyGrant(random));
            }
            List<Grant> questions = new ArrayList<>();
            for (int i = 0; i < Randomly.rounds(5000); i++) {
                questions.add(Randomly.oneOf(random, grants));
            }
            List<Boolean> right = Flux.fromIterable(questions)
                    .flatMap(
                            grant -> Mono.defer(() -> source.token(grant))
                                    .subscribeOn(Schedulers.parallel())
                                    .map(token -> token.value().reveal().equals(expected(grant))),
                            64)
                    .collectList()
                    .blockOptional(SOON)
                    .orElseThrow();

            assertThat(right).hasSameSizeAs(questions).doesNotContain(false);
            assertThat(server.calls()).as("the cache was in it").isLessThan(700);
        });
    }
}
