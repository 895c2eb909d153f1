package dev.procura.gateway;

import dev.procura.gateway.idp.DialectName;
import dev.procura.gateway.problem.InvalidSetting;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.origin.Origin;
import org.springframework.core.Ordered;
import org.springframework.core.convert.ConversionFailedException;

/**
 * Turns a wrong configuration into one message: the key, what is wrong, where it stands, and a line that would be right.
 * Never shows a value: it may be a secret.
 */
final class ConfigurationFailureAnalyzer implements FailureAnalyzer, Ordered {

    /** Settings of which the contract has more values than this version. */
    private static final Set<Class<?>> LATER_VALUES = Set.of(DialectName.class);

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        InvalidSetting invalid = find(failure, InvalidSetting.class);
        if (invalid != null) {
            return analysis(invalid.key() + " " + sentence(invalid.reason()), null, invalid.example(), failure);
        }
        BindException bind = innermost(failure);
        return bind == null ? null : badValue(bind, failure);
    }

    private static @Nullable FailureAnalysis badValue(BindException bind, Throwable failure) {
        String key = bind.getName().toString();
        if (!key.startsWith("procura")) {
            return null;
        }
        ConfigurationProperty property = bind.getProperty();
        return analysis(
                key + " " + expectation(bind) + ".",
                property == null ? null : property.getOrigin(),
                ConfigurationKeys.exampleFor(key),
                failure);
    }

    private static String sentence(String reason) {
        return reason.endsWith("?") ? reason : reason + ".";
    }

    private static String expectation(BindException bind) {
        ConversionFailedException conversion = find(bind, ConversionFailedException.class);
        Class<?> type = conversion == null ? null : conversion.getTargetType().getType();
        if (type != null && type.isEnum()) {
            return "is not one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(constant ->
                                    constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                            .collect(Collectors.joining(", "))
                    + (LATER_VALUES.contains(type)
                            ? " (others of the contract are not supported by this version yet)"
                            : "");
        }
        return type == null ? "cannot be read" : "is no " + type.getSimpleName();
    }

    private static FailureAnalysis analysis(
            String description, @Nullable Origin origin, String example, Throwable failure) {
        String where = origin == null ? "" : System.lineSeparator() + System.lineSeparator() + "    at " + origin;
        String advice = example.isEmpty()
                ? "Remove the key."
                : "Write, for example:" + System.lineSeparator() + System.lineSeparator() + example.indent(4);
        String action = advice + System.lineSeparator() + "docs/configuration.md explains every key.";
        return new FailureAnalysis(description + where, action, failure);
    }

    private static @Nullable BindException innermost(Throwable failure) {
        BindException found = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException bind) {
                found = bind;
            }
        }
        return found;
    }

    private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }
}
