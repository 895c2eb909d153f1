package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The demo does what it says: all its processes, its own check of every line that it tells a newcomer to paste. */
final class DemoIT {

    @Test
    void everyLineOfTheDemoShowsWhatItSays() throws IOException, InterruptedException {
        Path log = Files.createTempFile("procura-demo", ".log");
        Process demo = new ProcessBuilder("./demo", "--check")
                .directory(new File(System.getProperty("procura.root")))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = demo.waitFor(5, TimeUnit.MINUTES);
        if (!ended) {
            demo.destroy();
        }

        assertThat(ended && demo.exitValue() == 0).as(Files.readString(log)).isTrue();
    }
}
