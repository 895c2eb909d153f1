package dev.procura.sample.issuer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** Starts the issuer; {@link IssuerConfiguration} wires it. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(IssuerConfiguration.class)
public class SampleIssuerApplication {

    public static void main(String[] args) {
        SpringApplication.run(SampleIssuerApplication.class, args);
    }
}
