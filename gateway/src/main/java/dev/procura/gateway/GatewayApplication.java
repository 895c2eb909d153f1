package dev.procura.gateway;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The gateway's entry point, and nothing else. */
@SpringBootApplication
public class GatewayApplication {

    public static void main(String[] args) {
        application().run(args);
    }

    /** With the defaults that the gateway needs, whatever configuration files are given. */
    public static SpringApplication application() {
        SpringApplication application = new SpringApplication(GatewayApplication.class);
        application.addInitializers(new ConfigurationCheck());
        application.setDefaultProperties(GatewayDefaults.properties());
        return application;
    }
}
