package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.procura.gateway.problem.InvalidSetting;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;

/** Filters that would go around the gateway's own rules do not start (rule 1). */
final class FilterRulesTest {

    private static final String EXAMPLE = "filters: [StripPrefix=1]";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TokenRelay",
                "TokenRelay=",
                "TokenRelay=corp",
                "LocalResponseCache",
                "LocalResponseCache=30m,500MB",
                "RequestHeaderToRequestUri=X-Url",
                "SetRequestUri=https://evil.example",
                "JsonToGrpc=file:proto.pb,file:x.proto,S,m",
                "AddRequestHeader=X-A, #{@clients}",
                "AddRequestHeader=X-A,#{T(java.lang.System).getenv('GATEWAY_SECRET')}",
                "RequestRateLimiter=1, 1, 1, #{@resolver}",
                "CircuitBreaker=cb,forward:/fallback",
                "CircuitBreaker=cb, forward:/fallback"
            })
    void refusesAFilterAndNamesTheKey(String filter) {
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> FilterRules.checkFilters(
                        "procura.routes[0].filters",
                        List.of(new FilterDefinition("StripPrefix=1"), new FilterDefinition(filter)),
                        EXAMPLE))
                .satisfies(invalid -> {
                    assertThat(invalid.key()).isEqualTo("procura.routes[0].filters");
                    assertThat(invalid.reason()).startsWith("holds ").contains("refused");
                    assertThat(invalid.example()).isEqualTo(EXAMPLE);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "StripPrefix=1",
                "PrefixPath=/base",
                "AddRequestHeader=X-A,b",
                "RewritePath=/a/(?<rest>.*), /$\\{rest}",
                "CircuitBreaker=cb",
                "Retry=3",
                "SetPath=/{segment}",
                "AddResponseHeader=X-A,#1"
            })
    void letsOtherFiltersPass(String filter) {
        assertThatCode(() -> FilterRules.checkFilters(
                        "procura.routes[0].filters", List.of(new FilterDefinition(filter)), EXAMPLE))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Header=X-A, #{@x}", "Query=#{1+1}", "Host=#{@x}", "Query=a, forward:/x"})
    void refusesAPredicateAndNamesTheKey(String predicate) {
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> FilterRules.checkPredicates(
                        "procura.routes[0].predicates", List.of(new PredicateDefinition(predicate)), EXAMPLE))
                .satisfies(invalid -> assertThat(invalid.key()).isEqualTo("procura.routes[0].predicates"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Header=X-Version, \\d+", "Query=a", "Method=GET", "Weight=a, 1"})
    void letsOtherPredicatesPass(String predicate) {
        assertThatCode(() -> FilterRules.checkPredicates(
                        "procura.routes[0].predicates", List.of(new PredicateDefinition(predicate)), EXAMPLE))
                .doesNotThrowAnyException();
    }

    @Test
    void looksAtArgumentsThatHaveNames() {
        FilterDefinition filter = new FilterDefinition();
        filter.setName("AddRequestHeader");
        filter.addArg("name", "X-A");
        filter.addArg("value", "#{@clients}");

        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> FilterRules.checkFilters("procura.routes[0].filters", List.of(filter), EXAMPLE));
    }

    @Test
    void leavesAFilterWithoutANameToTheCheckOfNames() {
        FilterDefinition nameless = new FilterDefinition();
        nameless.addArg("value", "b");

        assertThatCode(() -> FilterRules.checkFilters("procura.routes[0].filters", List.of(nameless), EXAMPLE))
                .doesNotThrowAnyException();
    }
}
