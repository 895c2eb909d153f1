package dev.procura.sample.downstream;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** Starts one tier; {@link TierConfiguration} wires it. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(TierConfiguration.class)
public class DownstreamSampleApplication {

    public static void main(String[] args) {
        SpringApplication.run(DownstreamSampleApplication.class, args);
    }
}
