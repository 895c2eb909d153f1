package dev.procura.gateway.inbound;

import dev.procura.gateway.problem.InvalidSetting;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/** Which addresses may be called: TLS everywhere, plain HTTP to this machine, or where the configuration says so. */
public final class SecureUri {

    /** Why a plain address is refused, for messages. */
    public static final String PLAIN_HTTP = "is plain http to another machine: use https, or set insecure-http: true"
            + " beside it where the network encrypts by itself";

    private SecureUri() {}

    /** An absolute {@code http} or {@code https} address with a host and without user info or fragment. */
    public static Optional<URI> parse(String text) {
        try {
            URI uri = new URI(text);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            boolean valid = (scheme.equals("http") || scheme.equals("https"))
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawFragment() == null;
            return valid ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /**
     * The address of a setting.
     *
     * @param key the whole key
     * @param insecureHttp whether plain HTTP to another machine is allowed
     * @throws InvalidSetting when it is no address that may be called
     */
    public static URI ofSetting(String key, String text, boolean insecureHttp) {
        String example = key.substring(key.lastIndexOf('.') + 1) + ": https://id.example.com/…";
        URI uri = parse(text).orElseThrow(() -> new InvalidSetting(key, "is not an absolute https address", example));
        if (!insecureHttp && !isSecure(uri)) {
            throw new InvalidSetting(key, PLAIN_HTTP, example);
        }
        return uri;
    }

    /** Whether the address is encrypted, or stays on this machine. Names are not resolved: only literal ones count. */
    public static boolean isSecure(URI uri) {
        return "https".equalsIgnoreCase(uri.getScheme())
                || "wss".equalsIgnoreCase(uri.getScheme())
                || isLoopback(uri.getHost());
    }

    private static boolean isLoopback(String host) {
        return host.equalsIgnoreCase("localhost")
                || host.equals("[::1]")
                || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }
}
