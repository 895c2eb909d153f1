package dev.procura.benchmarks;

import com.nimbusds.jose.JOSEException;
import java.util.List;

/** Callers, and a server that publishes the key of their tokens. */
public final class SampleCallers implements AutoCloseable {

    private final AuthorizationServer server;
    private final Callers callers;

    private SampleCallers(AuthorizationServer server, Callers callers) {
        this.server = server;
        this.callers = callers;
    }

    public static SampleCallers start() throws JOSEException {
        AuthorizationServer server = new AuthorizationServer();
        Callers callers = new Callers(server.issuer());
        server.publish(callers.publicKey());
        return new SampleCallers(server, callers);
    }

    public String issuer() {
        return server.issuer();
    }

    /** One each of so many users who have none yet. */
    public List<String> tokens(int count) {
        try {
            return callers.newcomers(count);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
