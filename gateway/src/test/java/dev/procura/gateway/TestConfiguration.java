package dev.procura.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/**
 * A configuration, checked and bound as the start-up does it, in an application that has nothing else. The environment
 * variables are those of the test alone.
 */
final class TestConfiguration {

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(ProcuraProperties.class)
    static class Application {}

    private final String yaml;
    private final Map<String, Object> variables = new LinkedHashMap<>();

    private TestConfiguration(String yaml) {
        this.yaml = yaml;
    }

    static TestConfiguration of(String yaml) {
        return new TestConfiguration(yaml);
    }

    TestConfiguration variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    ProcuraProperties bind() {
        SpringApplicationBuilder application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .registerShutdownHook(false)
                .environment(environment())
                .initializers(new ConfigurationCheck());
        try (ConfigurableApplicationContext context = application.run()) {
            return context.getBean(ProcuraProperties.class);
        }
    }

    /** What an operator reads when this does not start: what is wrong, then what to do. */
    String message() {
        try {
            bind();
        } catch (RuntimeException failure) {
            FailureAnalysis analysis = new ConfigurationFailureAnalyzer().analyze(failure);
            if (analysis == null) {
                throw new AssertionError("no message for " + failure, failure);
            }
            return analysis.getDescription() + "\n" + analysis.getAction();
        }
        throw new AssertionError("this starts");
    }

    private ConfigurableEnvironment environment() {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        try {
            new YamlPropertySourceLoader()
                    .load("procura.yaml", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), "procura.yaml"))
                    .forEach(environment.getPropertySources()::addLast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return environment;
    }
}
