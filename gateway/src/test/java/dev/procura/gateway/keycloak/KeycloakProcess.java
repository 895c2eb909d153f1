package dev.procura.gateway.keycloak;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * From an unpacked distribution. The first start of a freshly unpacked one augments it (about twice the time of the later
 * ones); Keycloak itself notices whether that is still to be done.
 */
final class KeycloakProcess implements KeycloakRun {

    private static final Duration GRACE = Duration.ofSeconds(5);

    /**
     * A hook runs only in a JVM that ends in an orderly way. So the server also ends when its standard input does, which
     * the operating system sees to however this JVM dies.
     */
    private static final String END_WITH_STDIN =
            "exec 3<&0; (cat <&3 >/dev/null; kill -TERM $$ 2>/dev/null) & exec \"$@\" </dev/null 3<&-";

    private final Process process;
    private final Path log;

    private KeycloakProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static KeycloakProcess start(Path home, Wanted wanted) {
        Path script = home.resolve("bin").resolve("kc.sh");
        if (!Files.isRegularFile(script)) {
            throw new IllegalStateException("no Keycloak distribution in " + home);
        }
        try {
            importAtStart(wanted.realmResource(), home.resolve("data").resolve("import"));
            Path log = home.resolveSibling("keycloak.log");
            List<String> command =
                    new ArrayList<>(List.of("/bin/sh", "-c", END_WITH_STDIN, "keycloak", "/bin/sh", script.toString()));
            command.addAll(wanted.arguments());
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            Map<String, String> environment = builder.environment();
            environment.keySet().retainAll(Set.of("PATH", "HOME", "TMPDIR"));
            environment.put("JAVA_HOME", System.getProperty("java.home"));
            environment.putAll(wanted.environment());
            return new KeycloakProcess(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void checkAlive() {
        if (!process.isAlive()) {
            throw new IllegalStateException("Keycloak ended with " + process.exitValue() + ", see " + log);
        }
    }

    @Override
    public void stop() {
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
