package dev.procura.gateway.keycloak;

import dev.procura.gateway.testkit.FreePort;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One Keycloak from an unpacked distribution, on loopback, with a database in memory: every start is the imported realm
 * and nothing else. The first start of a freshly unpacked distribution augments it (about twice the time of the later
 * ones); Keycloak itself notices whether that is still to be done.
 */
final class KeycloakProcess {

    /** Generous: a start takes 12 to 32 seconds on two idle cores, and the suite has company. */
    private static final Duration READY_WITHIN = Duration.ofMinutes(4);

    private static final Duration POLL_EVERY = Duration.ofMillis(200);
    private static final Duration GRACE = Duration.ofSeconds(5);

    /**
     * A hook runs only in a JVM that ends in an orderly way. So the server also ends when its standard input does, which
     * the operating system sees to however this JVM dies.
     */
    private static final String END_WITH_STDIN =
            "exec 3<&0; (cat <&3 >/dev/null; kill -TERM $$ 2>/dev/null) & exec \"$@\" </dev/null 3<&-";

    private final Process process;
    private final URI base;
    private final Path log;

    private KeycloakProcess(Process process, URI base, Path log) {
        this.process = process;
        this.base = base;
        this.log = log;
    }

    /** Starts it and returns when the realm's discovery document is there. */
    static KeycloakProcess start(Path home, String realmResource, String realm, String admin, String adminPassword) {
        Path script = home.resolve("bin").resolve("kc.sh");
        if (!Files.isRegularFile(script)) {
            throw new IllegalStateException("no Keycloak distribution in " + home);
        }
        try {
            importAtStart(realmResource, home.resolve("data").resolve("import"));
            int port = FreePort.find();
            URI base = URI.create("http://127.0.0.1:" + port);
            Path log = home.resolveSibling("keycloak.log");
            ProcessBuilder builder = new ProcessBuilder(
                            "/bin/sh",
                            "-c",
                            END_WITH_STDIN,
                            "keycloak",
                            "/bin/sh",
                            script.toString(),
                            "start",
                            "--db=dev-mem",
                            "--cache=local",
                            "--http-enabled=true",
                            "--http-host=127.0.0.1",
                            "--http-port=" + port,
                            "--http-management-port=" + FreePort.find(),
                            "--hostname=" + base,
                            "--import-realm")
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            var environment = builder.environment();
            environment.keySet().retainAll(Set.of("PATH", "HOME", "TMPDIR"));
            environment.put("JAVA_HOME", System.getProperty("java.home"));
            environment.put("JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1 -XX:-UseG1GC -XX:+UseSerialGC -Xmx512m");
            environment.put("KC_BOOTSTRAP_ADMIN_USERNAME", admin);
            environment.put("KC_BOOTSTRAP_ADMIN_PASSWORD", adminPassword);
            var keycloak = new KeycloakProcess(builder.start(), base, log);
            Runtime.getRuntime().addShutdownHook(new Thread(keycloak::stop, "keycloak-stop"));
            keycloak.awaitReady(URI.create(base + "/realms/" + realm + "/.well-known/openid-configuration"));
            return keycloak;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI base() {
        return base;
    }

    /** The port opens long before the import is done; the document is there after it. */
    private void awaitReady(URI discovery) {
        var requests = new Requests();
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        try {
            while (!answers(requests, discovery)) {
                if (process.waitFor(POLL_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new IllegalStateException("Keycloak ended with " + process.exitValue() + ", see " + log);
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException("Keycloak was not ready within " + READY_WITHIN + ", see " + log);
                }
            }
        } catch (InterruptedException e) {
            stop();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Keycloak was starting", e);
        } catch (IllegalStateException e) {
            stop();
            throw e;
        }
    }

    private static boolean answers(Requests requests, URI discovery) {
        try {
            return requests.get(discovery).status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private void stop() {
        List<ProcessHandle> family = process.descendants().toList(); // before they become orphans
        process.destroy();
        try {
            process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        family.forEach(ProcessHandle::destroyForcibly);
    }

    private static void importAtStart(String resource, Path directory) throws IOException {
        try (InputStream realm = KeycloakProcess.class.getResourceAsStream(resource)) {
            if (realm == null) {
                throw new IllegalStateException("no " + resource + " on the class path");
            }
            Files.createDirectories(directory);
            Files.copy(realm, directory.resolve(Path.of(resource).getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
