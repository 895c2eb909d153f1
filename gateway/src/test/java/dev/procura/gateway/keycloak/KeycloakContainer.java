package dev.procura.gateway.keycloak;

import dev.procura.gateway.testkit.Docker;
import java.nio.file.Path;
import java.time.Duration;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.IsRunningStartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** The image, on the machine's own network: Keycloak calls gateways back that listen there. */
final class KeycloakContainer implements KeycloakRun {

    private final GenericContainer<?> container;

    private KeycloakContainer(GenericContainer<?> container) {
        this.container = container;
    }

    static KeycloakContainer start(Wanted wanted) {
        String realm = wanted.realmResource();
        @SuppressWarnings("resource") // ends with the JVM, see KeycloakRun
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(IMAGE))
                .withNetworkMode("host")
                .withCopyFileToContainer(
                        MountableFile.forClasspathResource(realm, 0644),
                        "/opt/keycloak/data/import/" + Path.of(realm).getFileName())
                .withEnv(wanted.environment())
                .withCommand(wanted.arguments().toArray(String[]::new))
                .withStartupCheckStrategy(new IsRunningStartupCheckStrategy().withTimeout(Duration.ofSeconds(20)));
        container.start();
        return new KeycloakContainer(container);
    }

    @Override
    public void checkAlive() {
        if (!container.isRunning()) {
            throw new IllegalStateException("Keycloak ended:\n" + container.getLogs());
        }
    }

    @Override
    public void stop() {
        Docker.kill(container);
    }
}
