package dev.procura.sample.downstream;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import dev.procura.sample.downstream.TierProperties.Next;
import dev.procura.sample.downstream.TierProperties.UserContextKeys;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.json.JsonMapper;

/** The composition root: everything this tier is made of, in the order in which a request meets it. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TierProperties.class)
class TierConfiguration {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_KEY_SET_BYTES = 64 * 1024;

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    JwtDecoder jwtDecoder(TierProperties tier, Clock clock) {
        return TokenDecoders.create(tier.issuer(), tier.jwksUri(), tier.audience(), clock);
    }

    @Bean
    SecurityFilterChain securityFilterChain(HttpSecurity http, JwtDecoder decoder) {
        return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .oauth2ResourceServer(server -> server.jwt(jwt -> jwt.decoder(decoder)))
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                // No cookie opens anything here, so there is nothing that another site could ride on.
                .csrf(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .build();
    }

    @Bean
    TierController tierController(TierProperties tier, Clock clock, JsonMapper json) {
        return new TierController(
                tier.name(), userContexts(tier.userContext(), tier.audience(), clock), next(tier.next(), clock, json));
    }

    private static UserContexts userContexts(@Nullable UserContextKeys context, String audience, Clock clock) {
        if (context == null) {
            return UserContexts.unread();
        }
        return new UserContextVerifier(context.issuer(), audience, keys(context.jwksUri()), context.required(), clock);
    }

    /** An unknown key id costs a fetch, but no more than two in half a minute, however many ask. */
    private static JWKSource<SecurityContext> keys(URI uri) {
        try {
            int timeout = (int) CONNECT_TIMEOUT.toMillis();
            return JWKSourceBuilder.create(
                            uri.toURL(), new DefaultResourceRetriever(timeout, timeout, MAX_KEY_SET_BYTES))
                    .refreshAheadCache(false)
                    .rateLimited(Duration.ofSeconds(30).toMillis())
                    .build();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("sample.user-context.jwks-uri is not an address: " + uri, e);
        }
    }

    private static NextTier next(@Nullable Next next, Clock clock, JsonMapper json) {
        if (next == null) {
            return NextTier.none();
        }
        RestClient http = http();
        return new GatewayTier(next.url(), new OwnToken(next, http, clock), http, json);
    }

    private static RestClient http() {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
        JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(client);
        requests.setReadTimeout(READ_TIMEOUT);
        return RestClient.builder().requestFactory(requests).build();
    }
}
