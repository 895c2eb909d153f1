package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StreamsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/event-stream",
                "Text/Event-Stream ;charset=utf-8",
                "application/x-ndjson",
                "application/ndjson",
                "application/stream+json",
                "application/json-seq",
                "application/geo+json-seq",
                "application/grpc",
                "application/grpc-web-text; a=b",
                "multipart/x-mixed-replace;boundary=frame"
            })
    void goesOnUntilSomebodyEndsIt(String type) {
        assertThat(Streams.isStream(type)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ";",
                "application/json",
                "application/octet-stream",
                "text/plain; note=text/event-stream",
                "text/event-streams",
                "multipart/form-data; boundary=x"
            })
    void hasAnEndOfItsOwn(String type) {
        assertThat(Streams.isStream(type)).isFalse();
    }

    @Test
    void noTypeIsNoStream() {
        assertThat(Streams.isStream(null)).isFalse();
    }
}
