package dev.procura.gateway.e2e.callers;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.testkit.FakeAuthorizationServer.Reply;
import dev.procura.gateway.testkit.FakeAuthorizationServer.TokenRequest;
import dev.procura.gateway.testkit.RecordingTier;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** People who have the same {@code sub}, or the same object id, and are not the same. */
final class TwoPeopleTest {

    private static final String ANA = "3c3b969c-8c49-4e11-a4ef-00000000000a";
    private static final String BEN = "3c3b969c-8c49-4e11-a4ef-00000000000b";

    private final String ana = B2cTokens.access(ANA).text();
    private final String ben = B2cTokens.access(BEN).text();
    private Callers callers = Callers.fresh();

    @BeforeEach
    void forget() {
        callers = Callers.fresh();
    }

    /** Both tokens say "Not supported currently. Use oid claim." in sub. */
    @Test
    void twoB2cUsersAreExchangedForThemselvesAndKeptApartInTheCache() {
        nameWhoeverIsExchanged();

        for (String token : List.of(ana, ben, ana, ben, ben, ana)) {
            assertThat(callers.gateway().get("/mapped/1", token).statusCode()).isEqualTo(200);
        }

        assertThat(callers.server().tokenRequests())
                .extracting(request -> request.get("subject_token"))
                .containsExactly(ana, ben);
        assertThat(callers.tier().received())
                .extracting(received -> claim(received.bearer(), "who"))
                .containsExactly(ANA, BEN, ANA, BEN, BEN, ANA);
    }

    @Test
    void twoB2cUsersAtTheSameMomentDoNotShareOneExchange() {
        CountDownLatch bothHaveAsked = new CountDownLatch(2);
        callers.server().answering(request -> {
            bothHaveAsked.countDown();
            assertThat(bothHaveAsked.await(10, TimeUnit.SECONDS)).isTrue();
            return named(request);
        });

        CompletableFuture<HttpResponse<String>> first = send("/mapped/ana", B2cTokens.access(ANA));
        CompletableFuture<HttpResponse<String>> second = send("/mapped/ben", B2cTokens.access(BEN));

        assertThat(List.of(first.join().statusCode(), second.join().statusCode()))
                .containsExactly(200, 200);
        assertThat(callers.tier().received())
                .extracting(received -> received.target() + " " + claim(received.bearer(), "who"))
                .containsExactlyInAnyOrder("/mapped/ana " + ANA, "/mapped/ben " + BEN);
    }

    @Test
    void twoB2cUsersAreTwoIdentitiesInTheSignedUserContext() {
        for (String token : List.of(ana, ben, ana)) {
            callers.gateway().get("/people/1", token);
        }

        assertThat(callers.tier().received())
                .extracting(received -> CallersTest.description(received).get("identity"))
                .containsExactly(Map.of("oid", ANA), Map.of("oid", BEN), Map.of("oid", ANA));
        assertThat(callers.tier().received())
                .extracting(RecordingTier.Received::bearer)
                .containsOnly(callers.tier().last().bearer());
    }

    @Test
    void whatOneB2cUserMayDoOpensNothingToTheOther() {
        String clerk = B2cTokens.access(ANA).with("roles", List.of("clerk")).text();

        assertThat(List.of(clerk, ben, clerk, ana))
                .extracting(token -> callers.gateway().get("/clerks/1", token).statusCode())
                .containsExactly(200, 403, 200, 403);
        assertThat(callers.tier().received())
                .extracting(received -> CallersTest.description(received).get("identity"))
                .containsExactly(Map.of("oid", ANA), Map.of("oid", ANA));
    }

    @Test
    void oneB2cUserOfTwoPoliciesIsOnePerson() {
        callers.gateway().get("/people/1", ana);
        callers.gateway().get("/people/1", B2cTokens.flow(ANA).text());

        assertThat(callers.tier().received())
                .extracting(received -> CallersTest.description(received).get("identity"))
                .containsExactly(Map.of("oid", ANA), Map.of("oid", ANA));
    }

    @Test
    void theSameSubjectOfTwoIssuersIsTwoPeople() {
        String origin = callers.issuers().origin();
        Token here = OtherTokens.generic(origin, "jo");
        Token there = here.with("iss", origin + "/mirror").signedBy(OtherTokens.OTHER_RSA);
        callers.server()
                .answering(request -> callers.server().issue(request, claims -> {
                    claims.put("who", claim(request.get("subject_token"), "iss"));
                    return claims;
                }));

        for (Token token : List.of(here, there, here)) {
            callers.gateway().get("/mapped/1", token.text());
        }
        assertThat(callers.tier().received())
                .extracting(received -> claim(received.bearer(), "who"))
                .containsExactly(origin + "/generic", origin + "/mirror", origin + "/generic");
        assertThat(callers.tier().received())
                .extracting(RecordingTier.Received::bearer)
                .element(0)
                .isNotEqualTo(callers.tier().received().get(1).bearer());

        callers.tier().reset();
        callers.gateway().get("/people/1", here.text());
        callers.gateway().get("/people/1", there.text());
        assertThat(callers.tier().received())
                .extracting(CallersTest::description)
                .containsExactly(
                        Described.as("user", origin + "/generic", OtherTokens.NATIVE_APP, "sub", "jo"),
                        Described.as("user", origin + "/mirror", OtherTokens.NATIVE_APP, "sub", "jo"));
    }

    /** A guest has one object id for each directory; should two be equal, the tenant tells them apart. */
    @Test
    void theSameObjectOfTwoTenantsIsTwoPeople() {
        callers.gateway()
                .get("/people/1", EntraTokens.userV2(EntraTokens.ORCHID, ANA).text());
        callers.gateway()
                .get("/people/1", EntraTokens.userV2(EntraTokens.LILY, ANA).text());

        assertThat(callers.tier().received())
                .extracting(received -> CallersTest.description(received).get("tenant"))
                .containsExactly(EntraTokens.ORCHID, EntraTokens.LILY);
    }

    /** One Auth0 issuer has the users of many directories; the organization tells them apart, never tid. */
    @Test
    void usersOfTwoDirectoriesBehindAuth0EachGetTheirOwn() {
        Token first = OtherTokens.auth0(callers.issuers().origin(), "waad|user-of-a-directory")
                .with("org_id", "org_orchid")
                .with("tid", EntraTokens.ORCHID);
        Token second = first.with("org_id", "org_lily");
        callers.server()
                .answering(request -> callers.server().issue(request, claims -> {
                    claims.put("who", claim(request.get("subject_token"), "org_id"));
                    return claims;
                }));

        for (Token token : List.of(first, second, first, second)) {
            callers.gateway().get("/mapped/1", token.text());
        }
        assertThat(callers.server().tokenRequests()).hasSize(2);
        assertThat(callers.tier().received())
                .extracting(received -> claim(received.bearer(), "who"))
                .containsExactly("org_orchid", "org_lily", "org_orchid", "org_lily");

        callers.tier().reset();
        callers.gateway().get("/people/1", first.text());
        callers.gateway().get("/people/1", second.text());
        assertThat(callers.tier().received())
                .extracting(received -> CallersTest.description(received).get("tenant"))
                .containsExactly("org_orchid", "org_lily");
    }

    private CompletableFuture<HttpResponse<String>> send(String target, Token token) {
        HttpRequest request = callers.gateway()
                .request(target)
                .header("Authorization", "Bearer " + token.with("jti", target).text())
                .build();
        return callers.gateway().sendAsync(request);
    }

    private void nameWhoeverIsExchanged() {
        callers.server().answering(this::named);
    }

    private Reply named(TokenRequest request) {
        return callers.server().issue(request, claims -> {
            claims.put("who", claim(request.get("subject_token"), "oid"));
            return claims;
        });
    }

    private static String claim(String token, String name) {
        try {
            return String.valueOf(SignedJWT.parse(token).getJWTClaimsSet().getClaim(name));
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }
}
