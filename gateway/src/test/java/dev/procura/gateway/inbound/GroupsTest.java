package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A token without room for its groups says nothing of them, and does not say "none". */
final class GroupsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'groups':['a','b']|a b",
                "'groups':'a'|a",
                "'groups':['a',1,{}]|a",
                "'groups':[]|''",
                "'groups':{}|''",
                "'sub':'s'|''",
                "'_claim_names':{'photo':'src1'},'groups':['a']|a",
                "'_claim_names':'groups'|''"
            })
    void areThoseThatTheTokenNames(String claims, String groups) {
        Set<String> expected = groups.equals("''") ? Set.of() : Set.of(groups.split(" "));

        assertThat(Groups.of(TestClaims.of(claims))).isEqualTo(new Groups.Listed(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'_claim_names':{'groups':'src1'},'_claim_sources':{'src1':{'endpoint':'https://graph.example'}}",
                "'_claim_names':{'groups':'src1'},'groups':['a']",
                "'hasgroups':true",
                "'hasgroups':'true','groups':['a']",
                "'groups:src1':'https://graph.example'"
            })
    void areUntoldWhereTheTokenOnlyPointsAtThem(String claims) {
        assertThat(Groups.of(TestClaims.of(claims))).isEqualTo(Groups.Untold.UNTOLD);
    }
}
