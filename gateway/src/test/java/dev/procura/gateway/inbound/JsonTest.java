package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.text.ParseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    /** A list of pairs is what some parsers take for an object. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "[[\"sub\",\"alice\"]]",
                " [[\"a\",1]]",
                "\"x\"",
                "1",
                "true",
                "{",
                "{]",
                "x{}"
            })
    void whatIsNoObjectIsNotReadAsOne(String text) {
        assertThatThrownBy(() -> Json.object(text))
                .isInstanceOf(ParseException.class)
                .hasMessage("not a JSON object");
    }

    @Test
    void anObjectIsReadWhateverStandsBeforeIt() throws ParseException {
        assertThat(Json.object(" \n{\"sub\":\"alice\"}").string("sub")).contains("alice");
        assertThat(Json.object("{}").names()).isEmpty();
    }
}
