package dev.procura.gateway;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import reactor.netty.ReactorNetty;

/** The gateway's entry point, and nothing else. */
@SpringBootApplication
public class GatewayApplication {

    public static void main(String[] args) {
        threads();
        application().run(args);
    }

    /**
     * One for each processor. Reactor Netty would take four at least, and with fewer processors than that hands every request
     * from one to the other. Whoever starts the gateway may set it, too.
     */
    private static void threads() {
        if (System.getProperty(ReactorNetty.IO_WORKER_COUNT) == null) {
            int processors = Runtime.getRuntime().availableProcessors();
            System.setProperty(ReactorNetty.IO_WORKER_COUNT, Integer.toString(processors));
        }
    }

    /** With the defaults that the gateway needs, whatever configuration files are given. */
    public static SpringApplication application() {
        SpringApplication application = new SpringApplication(GatewayApplication.class);
        application.addInitializers(new ConfigurationCheck());
        application.setDefaultProperties(GatewayDefaults.properties());
        return application;
    }
}
