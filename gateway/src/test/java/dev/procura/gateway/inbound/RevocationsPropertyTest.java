package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.fixture.Randomly;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a plain list of everything that was ever added: the same where there is room, and never less where there is none. */
final class RevocationsPropertyTest {

    private static final Instant START = TestTokens.NOW;
    private static final List<String> ISSUERS = List.of("i1", "i2");
    private static final List<String> WORDS = List.of("a", "b", "c", "d");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void saysWhatAListOfAllRecordsSays(long seed) {
        check(seed, 1_000, true);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void refusesNoLessWhereThereIsNoRoom(long seed) {
        check(seed, 3, false);
    }

    private static void check(long seed, int room, boolean exactly) {
        Random random = new Random(seed);
        MutableClock clock = MutableClock.at(START);
        Revocations revocations = new Revocations(clock, room, () -> {});
        List<Revocation> model = new ArrayList<>();
        for (int step = 0; step < 2_000; step++) {
            if (random.nextInt(4) == 0) {
                clock.set(clock.instant().plusSeconds(random.nextInt(20)));
            }
            if (random.nextInt(3) == 0) {
                Revocation revocation = revocation(random, clock.instant(), exactly);
                long before = revocations.generation();
                boolean news = revocations.add(revocation);
                assertThat(revocations.generation() > before).isEqualTo(news);
                learn(model, revocation, clock.instant(), exactly);
            }
            Provenance token = token(random, clock.instant());
            Instant now = clock.instant();
            boolean expected = model.stream().anyMatch(one -> now.isBefore(one.until()) && one.fits(token));
            if (exactly) {
                assertThat(revocations.revokes(token))
                        .as("seed %d step %d", seed, step)
                        .isEqualTo(expected);
            } else if (expected) {
                assertThat(revocations.revokes(token))
                        .as("seed %d step %d", seed, step)
                        .isTrue();
            }
        }
    }

    /** Records of the same tokens count as one, while both are held: the later not-before, the later end. */
    private static void learn(List<Revocation> model, Revocation revocation, Instant now, boolean together) {
        if (!now.isBefore(revocation.until())) {
            return;
        }
        if (!together) {
            model.add(revocation);
            return;
        }
        model.removeIf(one -> !now.isBefore(one.until()));
        Revocation both = revocation;
        for (Revocation one : model) {
            both = one.what().equals(both.what()) ? both.and(one) : both;
        }
        model.removeIf(one -> one.what().equals(revocation.what()));
        model.add(both);
    }

    /** @param named whether by what can be asked for; else also what takes the place of records of an issuer */
    private static Revocation revocation(Random random, Instant now, boolean named) {
        String issuer = Randomly.oneOf(random, ISSUERS);
        String word = Randomly.oneOf(random, WORDS);
        Revocation.What what = switch (random.nextInt(random.nextInt(8) == 0 ? 7 : 5)) {
            case 0 -> new Revocation.What.Subject(issuer, word);
            case 1 -> new Revocation.What.Session(issuer, word);
            case 2 -> new Revocation.What.Client(issuer, word);
            case 3 -> new Revocation.What.Tenant(Optional.of(issuer), word);
            case 4 -> new Revocation.What.Tenant(Optional.empty(), word);
            case 5 -> named ? Revocation.What.Everything.EVERYTHING : new Revocation.What.Issuer(issuer);
            default -> Revocation.What.Everything.EVERYTHING;
        };
        return new Revocation(what, now.minusSeconds(random.nextInt(300)), now.plusSeconds(random.nextInt(200) - 20L));
    }

    private static Provenance token(Random random, Instant now) {
        Set<String> subjects = new HashSet<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            subjects.add(Randomly.oneOf(random, WORDS));
        }
        return new Provenance(
                Randomly.oneOf(random, ISSUERS),
                perhaps(random),
                subjects,
                perhaps(random),
                perhaps(random),
                random.nextInt(20) == 0 ? Optional.empty() : Optional.of(now.minusSeconds(random.nextInt(300))));
    }

    private static Optional<String> perhaps(Random random) {
        return random.nextBoolean() ? Optional.of(Randomly.oneOf(random, WORDS)) : Optional.empty();
    }
}
