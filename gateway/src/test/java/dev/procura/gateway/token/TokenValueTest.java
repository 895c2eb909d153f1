package dev.procura.gateway.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A token value is a b64token (RFC 6750 section 2.1) of bounded length that never shows itself. */
final class TokenValueTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "Z", "0", "-._~+/", "abc=", "abc==", "abc=====", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "...", "+"
            })
    void takesEveryB64Token(String text) {
        assertThat(TokenValue.isB64Token(text)).isTrue();
        assertThat(TokenValue.of(text).reveal()).isEqualTo(text);
        assertThat(TokenValue.of(text).length()).isEqualTo(text.length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "=",
                "==",
                "=a",
                "a=b",
                "a=b=",
                "a b",
                " a",
                "a ",
                "a,b",
                "a;b",
                "a\"",
                "a:b",
                "a@b",
                "a*b",
                "a%20",
                "a(b)",
                "a\\b",
                "a\tb",
                "a\r\nX-Injected: 1",
                "a\n",
                "a\u0000",
                "a\u007f",
                "\u00e9",
                "\u0430",
                "a\u200b",
                "\uff21",
                "\ud83d\ude00",
                "{a}",
                "[a]",
                "a|b",
                "a^b",
                "a`b",
                "<a>",
                "a?b",
                "a#b",
                "a&b",
                "a!b",
                "a$b",
                "a'b"
            })
    void takesNothingElse(String text) {
        assertThat(TokenValue.isB64Token(text)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> TokenValue.of(text));
    }

    @Test
    void takesTheLongestAllowedTokenAndNoLongerOne() {
        String longest = "a".repeat(TokenValue.MAX_LENGTH);

        assertThat(TokenValue.of(longest).length()).isEqualTo(16_384);
        assertThatIllegalArgumentException().isThrownBy(() -> TokenValue.of(longest + "a"));
    }

    @Test
    void refusesWithoutRepeatingTheText() {
        IllegalArgumentException malformed = catchIllegalArgumentException(() -> TokenValue.of("very secret"));
        IllegalArgumentException tooLong =
                catchIllegalArgumentException(() -> TokenValue.of("secret".repeat(TokenValue.MAX_LENGTH)));

        assertThat(malformed).message().doesNotContain("secret");
        assertThat(tooLong).message().doesNotContain("secret");
    }

    @Test
    void printsItsFingerprintOnly() {
        TokenValue token = TokenValue.of("topsecret");

        assertThat(token).hasToString(token.fingerprint().toString());
        assertThat(token.toString()).doesNotContain("topsecret").hasSizeLessThan(24);
    }

    @Test
    void isEqualToTheSameTextOnly() {
        assertThat(TokenValue.of("abc")).isEqualTo(TokenValue.of("abc")).hasSameHashCodeAs(TokenValue.of("abc"));
        assertThat(TokenValue.of("abc")).isNotEqualTo(TokenValue.of("abC"));
        assertThat(TokenValue.of("abc")).isNotEqualTo(TokenValue.of("abc="));
        assertThat((Object) TokenValue.of("abc")).isNotEqualTo("abc");
    }
}
