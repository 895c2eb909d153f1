package dev.procura.gateway.cache;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.credential.Actor;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.FakeTokenSource;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.inbound.Provenance;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** An entry knows every token that it was obtained with, so that the revocation of one of them finds it. */
class EntryTest {

    private static final GrantExample ALICE = GrantExample.ofAlice();
    private static final CallerExample API = CallerExample.app("orders-api");

    @Test
    void aCredentialComesFromItsSubject() {
        assertThat(Entry.origins(ALICE.onBehalfOf())).containsExactly(Provenance.of(ALICE.subject()));
    }

    @Test
    void andFromTheApiThatCalls() {
        assertThat(Entry.origins(ALICE.actor(API).onBehalfOf()))
                .containsExactly(Provenance.of(ALICE.subject()), Provenance.of(API.known()));
    }

    @Test
    void theGatewayAsActorComesFromNobody() {
        assertThat(Entry.origins(ALICE.actor(new Actor.Gateway(ALICE.clientCredentials()))
                        .onBehalfOf()))
                .containsExactly(Provenance.of(ALICE.subject()));
        assertThat(Entry.origins(ALICE.clientCredentials())).isEmpty();
    }

    @Test
    void aChainComesFromTheSubjectOfItsFirstStep() {
        assertThat(Entry.origins(
                        ALICE.client(GrantExample.named("partner")).after(ALICE.subject(CallerExample.user("bob")))))
                .containsExactly(Provenance.of(CallerExample.user("bob").known()));
    }

    @Test
    void aReplicaThatKeepsToItselfMakesEveryCall() {
        Entry entry = new Entry(
                FakeTokenSource.token("issued", NOW.plusSeconds(60)),
                NOW,
                NOW.plusSeconds(30),
                NOW.plusSeconds(60),
                List.of(),
                0);
        SharedCredentials.Question question = new SharedCredentials.Question(
                CacheKey.of(ALICE.onBehalfOf(), SubjectChoice.TOKEN), ALICE.onBehalfOf(), any -> true);

        assertThat(SharedCredentials.NONE.obtain(question, Mono.just(entry)).block(Duration.ofSeconds(5)))
                .isSameAs(entry);
        assertThat(SharedCredentials.NONE.renew(question, Mono.just(entry)).block(Duration.ofSeconds(5)))
                .isSameAs(entry);
    }
}
