package dev.procura.gateway.keycloak;

import dev.procura.gateway.testkit.Docker;
import dev.procura.gateway.testkit.FreePort;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Keycloak on loopback that has been started, in whichever way this machine can: in a container where Docker answers, else
 * from the distribution that the build unpacks. {@code -Dprocura.test.keycloak=container|distribution} takes one of them. Its
 * database is in memory: every start is the imported realm and nothing else.
 */
interface KeycloakRun {

    /** The version of the distribution, see the build. */
    String IMAGE = System.getProperty("procura.keycloak.image", "quay.io/keycloak/keycloak:26.7.3");

    /** Generous: a start takes 12 to 32 seconds on two idle cores, and the suite has company. */
    Duration READY_WITHIN = Duration.ofMinutes(4);

    /**
     * What is asked of it, the same in both ways.
     *
     * @param realmResource on the class path, imported at the start
     */
    record Wanted(String realmResource, String realm, String admin, String adminPassword, int port) {

        URI base() {
            return URI.create("http://127.0.0.1:" + port);
        }

        List<String> arguments() {
            return List.of(
                    "start",
                    "--db=dev-mem",
                    "--cache=local",
                    "--http-enabled=true",
                    "--http-host=127.0.0.1",
                    "--http-port=" + port,
                    "--http-management-port=" + FreePort.find(),
                    "--hostname=" + base(),
                    "--import-realm");
        }

        Map<String, String> environment() {
            return Map.of(
                    "JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1 -XX:-UseG1GC -XX:+UseSerialGC -Xmx512m",
                    "KC_BOOTSTRAP_ADMIN_USERNAME", admin,
                    "KC_BOOTSTRAP_ADMIN_PASSWORD", adminPassword);
        }
    }

    /** @throws IllegalStateException when it has ended by itself, with where its log is */
    void checkAlive();

    void stop();

    /** Starts it, and returns when its realm can be used. */
    static void start(Wanted wanted) {
        KeycloakRun run = onThisMachine(wanted);
        Runtime.getRuntime().addShutdownHook(new Thread(run::stop, "keycloak-stop"));
        try {
            run.awaitReady(
                    URI.create(wanted.base() + "/realms/" + wanted.realm() + "/.well-known/openid-configuration"));
        } catch (RuntimeException e) {
            run.stop();
            throw e;
        }
    }

    private static KeycloakRun onThisMachine(Wanted wanted) {
        String how = System.getProperty("procura.test.keycloak", "");
        if (how.equals("container") || (how.isEmpty() && Docker.isHere())) {
            try {
                KeycloakRun run = KeycloakContainer.start(wanted);
                System.out.println("The Keycloak of the tests: container " + IMAGE);
                return run;
            } catch (RuntimeException e) {
                if (how.equals("container")) {
                    throw e;
                }
                System.out.println("Docker answers, but runs no " + IMAGE + ": " + e.getMessage());
            }
        }
        String home = System.getProperty("procura.keycloak.home");
        if (home == null) {
            throw new IllegalStateException("the system property procura.keycloak.home names no unpacked"
                    + " distribution; `mvn verify` unpacks one below gateway/target and sets it");
        }
        System.out.println("The Keycloak of the tests: " + home);
        return KeycloakProcess.start(Path.of(home), wanted);
    }

    /** The port opens long before the import is done; the document is there after it. */
    private void awaitReady(URI discovery) {
        Requests requests = new Requests();
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (!answers(requests, discovery)) {
            checkAlive();
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("Keycloak was not ready within " + READY_WITHIN);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while Keycloak was starting", e);
            }
        }
    }

    private static boolean answers(Requests requests, URI discovery) {
        try {
            return requests.get(discovery).status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }
}
