package dev.procura.gateway;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Objects;

/**
 * Asks the gateway beside it whether it is ready, and ends with 0 or 1: for a container, in which there is nothing else that
 * could ask. {@code MANAGEMENT_SERVER_PORT} counts, as it does for the gateway; another address is given as an argument.
 */
public final class ReadinessProbe {

    private static final int PATIENCE_MILLIS = 3000;

    private ReadinessProbe() {}

    public static void main(String[] args) {
        String address = args.length > 0
                ? args[0]
                : "http://127.0.0.1:%s/actuator/health/readiness"
                        .formatted(Objects.requireNonNullElse(System.getenv("MANAGEMENT_SERVER_PORT"), "8081"));
        System.exit(isReady(address) ? 0 : 1);
    }

    private static boolean isReady(String address) {
        try {
            HttpURLConnection asked =
                    (HttpURLConnection) URI.create(address).toURL().openConnection();
            asked.setConnectTimeout(PATIENCE_MILLIS);
            asked.setReadTimeout(PATIENCE_MILLIS);
            int status = asked.getResponseCode();
            System.out.println(address + " answers " + status);
            return status == HttpURLConnection.HTTP_OK;
        } catch (IOException | IllegalArgumentException | ClassCastException failure) {
            System.out.println(address + " " + failure);
            return false;
        }
    }
}
