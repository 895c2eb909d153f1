package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.IssuerExample;
import dev.procura.gateway.inbound.IssuerProperties;
import dev.procura.gateway.inbound.ProfileName;
import dev.procura.gateway.problem.InvalidSetting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose callers Entra can act for, and with which tokens. */
class EntraSubjectsTest {

    private static final String ID = "11aa22bb-0000-4000-8000-00000000000a";
    private static final String OTHER = "11aa22bb-0000-4000-8000-00000000000b";
    private static final String KEY = "procura.clients.gateway.subject-issuers";
    private static final Client CLIENT = new Client(
            "gateway",
            ID,
            "https://login.example.com",
            "ENTRA",
            GrantExample.CLIENT.tenant(),
            Set.of(),
            EntraSubjects.TRAITS,
            Set.of(),
            Set.of());

    static Stream<Arguments> audiences() {
        return Stream.of(
                Arguments.of(ID, true),
                Arguments.of(ID.toUpperCase(Locale.ROOT), true),
                Arguments.of("api://gateway", true),
                Arguments.of("api://" + OTHER, true),
                Arguments.of(List.of(OTHER, ID), true),
                Arguments.of(OTHER, false),
                Arguments.of(OTHER.toUpperCase(Locale.ROOT), false),
                Arguments.of(List.of(OTHER), false),
                Arguments.of(List.of(), false),
                Arguments.of(7, false));
    }

    @ParameterizedTest
    @MethodSource("audiences")
    void aTokenForAnotherApplicationIsNotTriedInVain(Object aud, boolean tried) {
        GrantExample grant =
                GrantExample.of(CallerExample.user("alice").claim("aud", aud)).client(CLIENT);

        for (DialectName dialect : List.of(DialectName.ENTRA, DialectName.ENTRA_V1)) {
            assertThat(dialect.dialect().whyFutile(grant.onBehalfOf()).isEmpty())
                    .isEqualTo(tried);
        }
    }

    @Test
    void aTokenWithoutAnAudienceIsNotTried() {
        assertThat(EntraSubjects.whyFutile(GrantExample.ofAlice().client(CLIENT).onBehalfOf()))
                .isPresent();
    }

    @ParameterizedTest
    @EnumSource(
            value = ProfileName.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"ENTRA"})
    void itTakesItsOwnTokensAlone(ProfileName profile) {
        assertThat(EntraSubjects.whyNot(IssuerExample.block(profile, null))).isPresent();
        assertThat(EntraSubjects.whyNot(IssuerExample.block(ProfileName.ENTRA, null)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"?appid=" + ID, "?x=y&appid=" + ID, "?AppId=" + ID})
    void aRegistrationWithAKeyOfItsOwnCannotActForItsUsers(String query) {
        String uri = "https://login.example.com/t/.well-known/openid-configuration";

        assertThat(EntraSubjects.whyNot(IssuerExample.block(ProfileName.ENTRA, uri + query)))
                .isPresent();
        assertThat(EntraSubjects.whyNot(IssuerExample.block(ProfileName.ENTRA, uri + "?notappid=1")))
                .isEmpty();
    }

    private static Map<String, IssuerProperties> blocks() {
        Map<String, IssuerProperties> blocks = new LinkedHashMap<>();
        blocks.put("corp", IssuerExample.block(ProfileName.KEYCLOAK, null));
        blocks.put("ms", IssuerExample.block(ProfileName.ENTRA, null));
        return blocks;
    }

    private static Set<String> subjectIssuers(
            DialectName dialect, Map<String, IssuerProperties> blocks, String... named) {
        return new SubjectIssuers(KEY, List.of(named), blocks).of(dialect.dialect());
    }

    @Test
    void withoutNamesItIsAllThatTheServerTakes() {
        assertThat(subjectIssuers(DialectName.KEYCLOAK, blocks())).isEmpty();
        assertThat(subjectIssuers(DialectName.ENTRA, blocks())).containsExactly("ms");
        assertThat(subjectIssuers(DialectName.KEYCLOAK, blocks(), "corp")).containsExactly("corp");
    }

    /** Empty would mean all of them. */
    @Test
    void aServerThatTakesNoneIsNotAskedForAny() {
        Set<String> none = subjectIssuers(DialectName.ENTRA, IssuerExample.blocks("corp", "partner"));

        assertThat(none).isNotEmpty().doesNotContain("corp", "partner");
    }

    @ParameterizedTest
    @ValueSource(strings = {"corp", "nobody", "MS", ""})
    void aNameThatCannotBeMeantStopsTheStart(String name) {
        assertThatThrownBy(() -> subjectIssuers(DialectName.ENTRA, blocks(), "ms", name))
                .isInstanceOfSatisfying(
                        InvalidSetting.class,
                        invalid -> assertThat(invalid.key()).isEqualTo(KEY));
    }
}
