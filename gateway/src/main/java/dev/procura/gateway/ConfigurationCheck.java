package dev.procura.gateway;

import dev.procura.gateway.problem.InvalidSetting;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Refuses every key under {@code procura} that the gateway does not take, before anything is bound. Spring Boot's own check
 * overlooks keys inside the elements of a list, where a misspelt demand of a route would silently protect nothing.
 *
 * <p>Environment variables and system properties are left out, as in Spring Boot: Kubernetes sets some of that name by
 * itself.
 */
final class ConfigurationCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z][A-Za-z0-9_.-]{0,80})}");

    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("procura");

    private static final Pattern SERVICE_ADDRESS = Pattern.compile("PROCURA_(ISSUERS|CLIENTS)_[A-Z0-9]+");

    private final UnboundElementsSourceFilter written = new UnboundElementsSourceFilter();

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        leaveOutServiceAddresses(context.getEnvironment().getPropertySources());
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(context.getEnvironment())) {
            if (source instanceof IterableConfigurationPropertySource iterable && written.apply(source)) {
                iterable.stream()
                        .filter(ROOT::isAncestorOf)
                        .forEach(name -> check(name, source, context.getEnvironment()));
            }
        }
    }

    /** Kubernetes sets PROCURA_ISSUERS_PORT for a service named procura-issuers: a text where a block belongs. */
    private static void leaveOutServiceAddresses(MutablePropertySources sources) {
        String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        if (sources.get(name) instanceof SystemEnvironmentPropertySource environment
                && environment.getSource().keySet().stream().anyMatch(ConfigurationCheck::isServiceAddress)) {
            Map<String, Object> rest = new LinkedHashMap<>(environment.getSource());
            rest.keySet().removeIf(ConfigurationCheck::isServiceAddress);
            sources.replace(name, new SystemEnvironmentPropertySource(name, rest));
        }
    }

    private static boolean isServiceAddress(String variable) {
        return SERVICE_ADDRESS.matcher(variable).matches();
    }

    private static void check(
            ConfigurationPropertyName name, ConfigurationPropertySource source, Environment environment) {
        String key = name.toString();
        ConfigurationProperty property = source.getConfigurationProperty(name);
        boolean emptyBlock =
                property != null && String.valueOf(property.getValue()).isEmpty() && ConfigurationKeys.isBlock(name);
        if (emptyBlock) {
            return;
        }
        if (ConfigurationKeys.isKnown(name)) {
            if (property != null && isUnset(property.getValue(), environment)) {
                throw unset(key, String.valueOf(property.getValue()));
            }
            return;
        }
        String place = property == null || property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")";
        throw new InvalidSetting(
                key + place,
                ConfigurationKeys.advice(key),
                ConfigurationKeys.isLater(key) ? "" : ConfigurationKeys.exampleFor(ConfigurationKeys.meant(key)));
    }

    /** The name of a variable is no secret; whatever else stands there may be one. */
    private static InvalidSetting unset(String key, String text) {
        Matcher variable = VARIABLE.matcher(text);
        String name = variable.find() ? variable.group(1) : "";
        return name.isEmpty()
                ? new InvalidSetting(key, "holds a variable that nothing sets", ConfigurationKeys.exampleFor(key))
                : new InvalidSetting(
                        key, "holds a variable that nothing sets, " + name, "export " + name + "=… before the start");
    }

    /** Spring Boot would take the name of the variable for the value: for a secret, say. */
    private static boolean isUnset(Object value, Environment environment) {
        return value instanceof CharSequence text
                && environment.resolvePlaceholders(text.toString()).contains("${");
    }
}
