package dev.procura.gateway.testkit;

import dev.procura.gateway.GatewayApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;

/** The gateway in this process, on free ports, with a configuration written as a user would write it. */
public final class RunningGateway implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ConfigurableApplicationContext context;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    private RunningGateway(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** @param yaml the contents of the configuration file */
    public static RunningGateway start(String yaml, String... arguments) {
        return run(GatewayApplication.application(), yaml, arguments);
    }

    /** The same, going by this clock. */
    public static RunningGateway start(Clock clock, String yaml, String... arguments) {
        return run(at(clock), yaml, arguments);
    }

    private static SpringApplication at(Clock clock) {
        SpringApplication application = GatewayApplication.application();
        application.addInitializers(context -> ((GenericApplicationContext) context)
                .registerBean("testClock", Clock.class, () -> clock, bean -> bean.setPrimary(true)));
        return application;
    }

    /** The same, with custom code in it: a class whose {@code @Bean} methods make what a jar beside the gateway would. */
    public static RunningGateway startWith(Class<?> customCode, Clock clock, String yaml, String... arguments) {
        SpringApplication application = at(clock);
        application.addPrimarySources(List.of(customCode));
        return run(application, yaml, arguments);
    }

    private static RunningGateway run(SpringApplication application, String yaml, String... arguments) {
        application.addInitializers(RunningGateway::withEventLoopsOfItsOwn);
        try {
            Path file = Files.createTempFile("procura-test", ".yaml");
            file.toFile().deleteOnExit();
            Files.writeString(file, yaml);
            List<String> all = new ArrayList<>(List.of(
                    "--spring.config.additional-location=file:" + file,
                    "--server.address=127.0.0.1",
                    "--server.port=0",
                    "--management.server.port=0",
                    "--spring.jmx.enabled=false"));
            for (String argument : arguments) {
                // Spring Boot makes a list of an argument that is there twice.
                String key = argument.substring(0, argument.indexOf('=') + 1);
                all.removeIf(one -> !key.isEmpty() && one.startsWith(key));
                all.add(argument);
            }
            return new RunningGateway(application.run(all.toArray(String[]::new)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A gateway that ends may take those of the whole process with it, and other servers in it stop answering. */
    private static void withEventLoopsOfItsOwn(ConfigurableApplicationContext context) {
        ((GenericApplicationContext) context).registerBean(ReactorResourceFactory.class, () -> {
            ReactorResourceFactory resources = new ReactorResourceFactory();
            resources.setUseGlobalResources(false);
            resources.setShutdownQuietPeriod(Duration.ZERO);
            return resources;
        });
    }

    public int port() {
        return port("local.server.port");
    }

    public int managementPort() {
        return port("local.management.port");
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public <T> Collection<T> beansOf(Class<T> type) {
        return context.getBeansOfType(type).values();
    }

    public List<String> beanNames() {
        return List.of(context.getBeanDefinitionNames());
    }

    public Environment environment() {
        return context.getEnvironment();
    }

    /** A GET with the caller's token. */
    public HttpResponse<String> get(String target, String token, String... headers) {
        return send(request(target, headers)
                .header("Authorization", "Bearer " + token)
                .build());
    }

    /** A GET without a token. */
    public HttpResponse<String> get(String target) {
        return send(request(target).build());
    }

    public HttpRequest.Builder request(String target, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + target))
                .timeout(PATIENCE);
        return headers.length == 0 ? request : request.headers(headers);
    }

    public HttpResponse<String> send(HttpRequest request) {
        return sendAsync(request).join();
    }

    public CompletableFuture<HttpResponse<String>> sendAsync(HttpRequest request) {
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Sends these very bytes, which no HTTP library would, and reads to the end; empty when the connection is reset. */
    public String raw(String request) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int port(String property) {
        return Integer.parseInt(context.getEnvironment().getRequiredProperty(property));
    }

    @Override
    public void close() {
        context.close();
    }
}
