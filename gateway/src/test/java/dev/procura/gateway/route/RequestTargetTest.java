package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One reading of the path (rule 14): what two programs could read in two ways goes no further. */
final class RequestTargetTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                // dot segments
                "/.",
                "/..",
                "/./",
                "/../",
                "/a/.",
                "/a/..",
                "/a/./b",
                "/a/../b",
                "/a/..",
                "/%2e",
                "/%2E%2e",
                "/a/%2e%2e/b",
                "/a/.%2e/b",
                "/a/%2e./b",
                "/a/%2e",
                "/orders/%2e%2e/reports",
                // slashes
                "//",
                "//a",
                "/a//",
                "/a//b",
                "/a///b",
                "/a%2fb",
                "/a%2Fb",
                "/a/%2f",
                "/%2f",
                "/a/%2F/b",
                "/a%2f..%2fb",
                // backslashes
                "/a\\b",
                "/a\\..\\b",
                "/a%5cb",
                "/a%5Cb",
                "/..%5c",
                "/%5c%5cevil.example",
                // semicolons
                "/a;b",
                "/a;",
                "/;a=b/c",
                "/a;jsessionid=1",
                "/..;/b",
                "/a/..;a=b/c",
                "/a%3bb",
                "/a%3Bb",
                "/..%3b/b",
                // NUL and other control characters
                "/a%00",
                "/%00/b",
                "/a%00.json",
                "/a\u0000b",
                "/a%0a",
                "/a%0d%0aX-Injected:%201",
                "/a%09b",
                "/a%1fb",
                "/a%7f",
                "/a\u007fb",
                "/a\tb",
                "/a%c2%80b",
                "/a%c2%85b",
                "/a%c2%9fb",
                // encoded twice
                "/a%252fb",
                "/a%252Fb",
                "/a%255cb",
                "/a%253bb",
                "/a%2500b",
                "/%252e%252e/b",
                "/a%252e",
                "/a/%252e%252e%252fb",
                "/a%25%32%66b",
                "/a%%32%66b",
                "/%%32%65",
                // UTF-8 that is none
                "/a%c0%afb",
                "/a%C0%AFb",
                "/%c0%ae%c0%ae/b",
                "/a%e0%80%afb",
                "/a%f0%80%80%afb",
                "/a%c1%9cb",
                "/a%c0%80b",
                "/a%ff",
                "/a%80",
                "/a%c3",
                "/a%c3/b",
                "/a%ed%a0%80",
                "/a%f4%90%80%80",
                // encodings that are none
                "/a%",
                "/a%2",
                "/a%/b",
                "/a%zz",
                "/a%2gb",
                "/a%u002fb",
                "/a%-1b",
                "/a%+2b",
                "/a% 2b",
                "/a%\uff12\uff26b",
                // not a path
                "",
                "*",
                "a",
                "a/b",
                ".",
                "..",
                "%2f",
                "http://evil.example/a"
            })
    void refusesWhatCanBeReadInTwoWays(String path) {
        assertThat(RequestTarget.ambiguity(path)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/a",
                "/a/",
                "/a/b/c",
                "/a.b",
                "/.well-known/jwks.json",
                "/..a",
                "/a..",
                "/a..b/c",
                "/...",
                "/a/...",
                "/.a",
                "/a%20b",
                "/a+b",
                "/100%25",
                "/100%25/of/them",
                "/a%25b",
                "/a%2525b",
                "/%41",
                "/a%2eb",
                "/.%2e.",
                "/caf%C3%A9",
                "/caf%c3%a9/%E2%82%AC",
                "/%E6%97%A5%E6%9C%AC",
                "/%F0%9F%98%80",
                "/caf\u00e9",
                "/\ud83d\ude00",
                "/a:b",
                "/a@b",
                "/a!b$c&d'e(f)g*h,i=j",
                "/~user",
                "/a%3Fb",
                "/a%23b",
                "/a%22b",
                "/a%3d",
                "/orders/%7B%7D",
                "/a%7Eb",
                "/a%c2%a0b"
            })
    void letsPassWhatHasOneReading(String path) {
        assertThat(RequestTarget.ambiguity(path)).isEmpty();
    }

    @Test
    void saysWhatIsWrongWithoutRepeatingThePath() {
        assertThat(RequestTarget.ambiguity("/secret/../x").orElseThrow()).doesNotContain("secret");
        assertThat(RequestTarget.ambiguity("/secret%2fx").orElseThrow()).doesNotContain("secret");
    }

    @Test
    void staysQuickWithTheLongestPath() {
        String path = "/" + "%25".repeat(5000);

        assertThat(RequestTarget.ambiguity(path)).isEmpty();
        assertThat(RequestTarget.ambiguity("/a".repeat(8000) + "/..")).isPresent();
    }
}
