package dev.procura.gateway.testkit;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/** What this machine's Docker engine can do, where there is one. */
public final class Docker {

    private static final class OfThisMachine {
        private static final boolean HERE = look();
    }

    private Docker() {}

    /** Containers share the machine's own network in the tests, which engines in a virtual machine do not have: Linux only. */
    public static boolean isHere() {
        return OfThisMachine.HERE;
    }

    /** Whether it has this image already: nothing is fetched for the answer. */
    public static boolean has(String image) {
        if (!isHere()) {
            return false;
        }
        try {
            DockerClientFactory.lazyClient().inspectImageCmd(image).exec();
            return true;
        } catch (NotFoundException absent) {
            return false;
        } catch (DockerException failure) {
            throw new IllegalStateException("Docker answers, but says nothing of " + image, failure);
        }
    }

    /** At once, whatever it is doing: there is nothing in the tests' containers to be written down. */
    public static void kill(GenericContainer<?> container) {
        if (container.getContainerId() == null) {
            return;
        }
        try {
            container
                    .getDockerClient()
                    .killContainerCmd(container.getContainerId())
                    .exec();
        } catch (DockerException e) {
            // it has ended
        }
        container.stop();
    }

    /** Asked only where there is somebody to ask: Testcontainers takes its time, and says at length that nobody answers. */
    private static boolean look() {
        boolean linux = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
        boolean somebody = System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
        return linux && somebody && DockerClientFactory.instance().isDockerAvailable();
    }
}
