package dev.procura.sample.issuer;

import static org.springframework.security.config.Customizer.withDefaults;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Token;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.security.oauth2.server.authorization.InMemoryOAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.token.DelegatingOAuth2TokenGenerator;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.JwtGenerator;
import org.springframework.security.oauth2.server.authorization.token.OAuth2AccessTokenGenerator;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenClaimsContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenGenerator;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;
import org.springframework.util.StringUtils;

/**
 * The composition root: who there is, what a token looks like, and which paths exist. The signing key is Spring Boot's
 * own, made at the start and gone at the end.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({IssuerProperties.class, GatewayProof.class})
class IssuerConfiguration {

    private static final Logger log = LoggerFactory.getLogger(IssuerConfiguration.class);

    @Bean
    AuthorizationServerSettings settings(IssuerProperties properties) {
        return AuthorizationServerSettings.builder().issuer(properties.issuer()).build();
    }

    @Bean
    PasswordEncoder passwordEncoder() {
        return new RandomSecretEncoder();
    }

    @Bean
    RegisteredClientRepository clients(IssuerProperties properties, GatewayProof proof, PasswordEncoder encoder) {
        Duration life = properties.tokenLife();
        List<RegisteredClient> clients = new ArrayList<>();
        clients.add(Clients.nativeApp(life));
        clients.add(
                proof.isWanted()
                        ? Clients.gateway(proof, life)
                        : Clients.gateway(encoded(properties.gatewaySecret(), encoder), life));
        clients.add(Clients.ordersApi(encoded(properties.ordersApiSecret(), encoder), life));
        if (StringUtils.hasText(properties.opaqueAppSecret())) {
            clients.add(Clients.opaqueApp(encoded(properties.opaqueAppSecret(), encoder), life));
        }
        if (StringUtils.hasText(properties.opaqueDaemonSecret())) {
            clients.add(Clients.opaqueDaemon(encoded(properties.opaqueDaemonSecret(), encoder), life));
        }
        return new InMemoryRegisteredClientRepository(clients);
    }

    @Bean
    UserDetailsService users(IssuerProperties properties, PasswordEncoder encoder) {
        String password = StringUtils.hasText(properties.userPassword())
                ? properties.userPassword()
                : UUID.randomUUID().toString();
        return new InMemoryUserDetailsManager(User.ALL.stream()
                .map(user -> user.withPassword(encoded(password, encoder)))
                .toList());
    }

    @Bean
    OAuth2AuthorizationService authorizations() {
        return new InMemoryOAuth2AuthorizationService();
    }

    @Bean
    OAuth2TokenCustomizer<JwtEncodingContext> jwtRules() {
        return AccessTokenRules::shapeJwt;
    }

    @Bean
    OAuth2TokenCustomizer<OAuth2TokenClaimsContext> opaqueTokenRules() {
        return AccessTokenRules::shapeOpaque;
    }

    /** For the user information endpoint, which gets this issuer's own access tokens. */
    @Bean
    JwtDecoder jwtDecoder(JWKSource<SecurityContext> keys, IssuerProperties properties) {
        NimbusJwtDecoder decoder = NimbusJwtDecoder.withJwkSource(keys).build();
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
                new JwtTypeValidator(AccessTokenRules.TYPE),
                new JwtTimestampValidator(),
                new JwtIssuerValidator(properties.issuer())));
        return decoder;
    }

    @Bean
    DemoTokenController demoTokenController(
            RegisteredClientRepository clients,
            OAuth2AuthorizationService authorizations,
            JWKSource<SecurityContext> keys,
            OAuth2TokenCustomizer<JwtEncodingContext> jwtRules,
            OAuth2TokenCustomizer<OAuth2TokenClaimsContext> opaqueTokenRules,
            AuthorizationServerSettings settings) {
        JwtGenerator jwts = new JwtGenerator(new NimbusJwtEncoder(keys));
        jwts.setJwtCustomizer(jwtRules);
        OAuth2AccessTokenGenerator opaqueTokens = new OAuth2AccessTokenGenerator();
        opaqueTokens.setAccessTokenCustomizer(opaqueTokenRules);
        OAuth2TokenGenerator<OAuth2Token> both = new DelegatingOAuth2TokenGenerator(jwts, opaqueTokens);
        return new DemoTokenController(new DemoTokens(clients, authorizations, both, settings));
    }

    @Bean
    @Order(1)
    SecurityFilterChain protocolEndpoints(HttpSecurity http) {
        MediaTypeRequestMatcher browsers = new MediaTypeRequestMatcher(MediaType.TEXT_HTML);
        browsers.setIgnoredMediaTypes(Set.of(MediaType.ALL));
        return http.oauth2AuthorizationServer(server -> {
                    http.securityMatcher(server.getEndpointsMatcher());
                    server.oidc(withDefaults());
                })
                .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .oauth2ResourceServer(server -> server.jwt(withDefaults()))
                .exceptionHandling(failures -> failures.defaultAuthenticationEntryPointFor(
                        new LoginUrlAuthenticationEntryPoint("/login"), browsers))
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain everythingElse(HttpSecurity http) {
        return http.authorizeHttpRequests(requests -> requests.requestMatchers(DemoTokenController.PATH)
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .csrf(csrf -> csrf.ignoringRequestMatchers(DemoTokenController.PATH))
                .formLogin(withDefaults())
                .build();
    }

    @EventListener
    void warn(ApplicationReadyEvent ready) {
        log.warn(
                "This issuer is for demos and tests only: {} hands a user's token to whoever asks",
                DemoTokenController.PATH);
    }

    private static String encoded(String secret, PasswordEncoder encoder) {
        return Objects.requireNonNull(encoder.encode(secret));
    }
}
