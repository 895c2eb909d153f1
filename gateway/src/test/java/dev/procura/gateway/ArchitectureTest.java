package dev.procura.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Holds the packages to what their {@code package-info} says: imports point back towards the caller's token. */
final class ArchitectureTest {

    private static final String ROOT = "dev.procura.gateway";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    /** In the order in which a request meets them; each may import those before it. */
    private static final List<String> ORDER =
            List.of("token", "problem", "inbound", "policy", "credential", "cache", "fleet", "idp", "route", "console");

    static Stream<String> packages() {
        return ORDER.stream();
    }

    @Test
    void everyPackageHasItsPlaceInTheOrder() {
        assertThat(CLASSES.stream().map(JavaClass::getPackageName).distinct())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(Stream.of(ROOT), ORDER.stream().map(name -> ROOT + "." + name))
                                .toList());
    }

    @ParameterizedTest
    @MethodSource("packages")
    void aPackageImportsOnlyThoseBeforeIt(String name) {
        Set<String> allowed = new TreeSet<>();
        ORDER.subList(0, ORDER.indexOf(name) + 1).forEach(earlier -> allowed.add(ROOT + "." + earlier));

        assertThat(importsOf(name)).as("what %s imports", name).isSubsetOf(allowed);
    }

    /** What a package-info allows beyond what is used would be no map of the house. */
    @Test
    void aPackageInfoAllowsNoMoreThanTheOrderDoes() {
        Map<String, List<String>> stated = new LinkedHashMap<>();
        stated.put("problem", List.of("token"));
        stated.put("inbound", List.of("token", "problem"));
        stated.put("policy", List.of("token", "problem", "inbound"));
        stated.put("credential", List.of("token", "problem", "inbound", "policy"));
        stated.put("cache", List.of("token", "problem", "inbound", "policy", "credential"));
        stated.put("fleet", List.of("token", "problem", "inbound", "policy", "credential", "cache"));

        stated.forEach((name, allowed) ->
                assertThat(ORDER.subList(0, ORDER.indexOf(name))).as(name).containsExactlyElementsOf(allowed));
    }

    @Test
    void theVocabularyIsMadeOfTheJdkAlone() {
        classes()
                .that()
                .resideInAPackage(ROOT + ".token")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify.annotations", ROOT + ".token")
                .check(CLASSES);
    }

    @Test
    void thePolicyIsPure() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".policy")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "reactor..", "io.netty..", "java.net..", "java.io..")
                .check(CLASSES);
    }

    @Test
    void thereAreNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nobodyImportsTheRoot() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT)
                .check(CLASSES);
    }

    @Test
    void everyPackageSaysWhatItIsAndWhatMayBeNull() {
        for (JavaPackage one : packagesOfTheHouse()) {
            assertThat(one.tryGetPackageInfo())
                    .as("package-info of %s", one.getName())
                    .isPresent();
            assertThat(one.isAnnotatedWith(NullMarked.class))
                    .as("@NullMarked on %s", one.getName())
                    .isTrue();
        }
    }

    /** Composition, not inheritance. */
    @Test
    void classesAreFinal() {
        DescribedPredicate<JavaClass> closed = DescribedPredicate.describe(
                "are enums, records, interfaces, anonymous, or start the application",
                type -> type.isEnum()
                        || type.isRecord()
                        || type.isInterface()
                        || type.isAnonymousClass()
                        || type.isAssignableTo(Enum.class)
                        || type.isAnnotatedWith(Configuration.class)
                        || type.isMetaAnnotatedWith(Configuration.class));

        classes()
                .that(DescribedPredicate.not(closed))
                .and()
                .haveSimpleNameNotEndingWith("package-info")
                .should()
                .haveModifier(JavaModifier.FINAL)
                .check(CLASSES);
    }

    @Test
    void timeComesFromTheInjectedClock() {
        noClasses()
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "asks the machine for the time",
                        access -> asksForTheTime(access) && !inGatewayConfiguration(access)))
                .check(CLASSES);
    }

    private static boolean asksForTheTime(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        String name = access.getTarget().getName();
        return (owner.startsWith("java.time.") && name.equals("now"))
                || (owner.equals(Clock.class.getName()) && name.startsWith("system"))
                || (owner.equals(Clock.class.getName()) && name.startsWith("tick"))
                || (owner.equals(System.class.getName()) && name.equals("currentTimeMillis"))
                || (owner.equals("java.util.Date") && name.equals("<init>"));
    }

    private static boolean inGatewayConfiguration(JavaAccess<?> access) {
        return access.getOriginOwner().isEquivalentTo(GatewayConfiguration.class);
    }

    /** The start-up may: GatewayConfiguration builds everything before the first request. */
    @Test
    void nothingWaits() {
        noClasses()
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "blocks a thread",
                        access -> blocks(
                                        access.getTargetOwner(),
                                        access.getTarget().getName())
                                && !inGatewayConfiguration(access)))
                .check(CLASSES);
    }

    private static boolean blocks(JavaClass owner, String name) {
        return (owner.isAssignableTo(Mono.class) && name.startsWith("block"))
                || (owner.isAssignableTo(Flux.class)
                        && (name.startsWith("block") || name.startsWith("toIterable") || name.equals("toStream")))
                || (owner.isAssignableTo(Future.class) && (name.equals("get") || name.equals("join")))
                || (owner.isEquivalentTo(Thread.class) && (name.equals("sleep") || name.equals("join")));
    }

    /** Hit stands in a chain as an operator does: it hands on what it hears, and a cancellation. */
    @Test
    void nobodySubscribesOnTheSide() {
        noClasses()
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "subscribes",
                        access -> access.getTarget().getName().equals("subscribe")
                                && !access.getOriginOwner().getName().equals(ROOT + ".route.Hit")
                                && (access.getTargetOwner().isAssignableTo(Mono.class)
                                        || access.getTargetOwner().isAssignableTo(Flux.class))))
                .check(CLASSES);
    }

    @Test
    void linesGoToTheLogAndNowhereElse() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(CLASSES);
        // The probe is a program of its own, and what it prints is its answer.
        noClasses()
                .that()
                .doNotBelongToAnyOf(ReadinessProbe.class)
                .should()
                .accessFieldWhere(DescribedPredicate.describe(
                        "is System.out or System.err",
                        access -> access.getTargetOwner().isEquivalentTo(System.class)))
                .check(CLASSES);
        noClasses()
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "prints a stack trace",
                        access -> access.getTarget().getName().equals("printStackTrace")))
                .check(CLASSES);
    }

    /** They mix users up, or let a token through when there is none: docs/rationale.md says how. */
    @Test
    void theStockTokenStoresAndKeySourcesAreNotUsed() {
        noClasses()
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are Spring's authorized-client stores, its TokenRelay or its JWKS decoders",
                        type -> (isOfTheOAuth2Client(type) && !CLIENT_INTERFACES.contains(type.getSimpleName()))
                                || type.getSimpleName().startsWith("TokenRelay")
                                || type.getSimpleName().startsWith("NimbusReactiveJwtDecoder")
                                || type.getSimpleName().startsWith("NimbusJwtDecoder")
                                || type.getName().startsWith("com.nimbusds.jose.jwk.source.")
                                || type.getName().startsWith("org.springframework.security.config.")
                                || type.getName().startsWith("org.springframework.security.web.")))
                .check(CLASSES);
    }

    /** What custom code gets tokens through is made in one place, with the route's rule before it. */
    @Test
    void onlyTheAdapterForCustomCodeKnowsTheInterfacesOfTheOAuth2Client() {
        noClasses()
                .that(DescribedPredicate.describe(
                        "are not the adapter",
                        type -> !Set.of("RouteRegistrations", "RouteTokenProvider", "RouteTokenManager")
                                .contains(outermost(type).getSimpleName())))
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are of Spring's OAuth 2.0 client", type -> isOfTheOAuth2Client(type)))
                .check(CLASSES);
    }

    /** The questions, the answers and the two who ask: no store, no provider that asks an authorization server itself. */
    private static final Set<String> CLIENT_INTERFACES = Set.of(
            "ReactiveOAuth2AuthorizedClientManager",
            "ReactiveOAuth2AuthorizedClientProvider",
            "ReactiveClientRegistrationRepository",
            "OAuth2AuthorizationContext",
            "OAuth2AuthorizeRequest",
            "OAuth2AuthorizedClient",
            "ClientRegistration",
            "Builder");

    private static boolean isOfTheOAuth2Client(JavaClass type) {
        return type.getName().startsWith("org.springframework.security.oauth2.client.");
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
    }

    private static Set<String> importsOf(String name) {
        return CLASSES.stream()
                .filter(type -> type.getPackageName().equals(ROOT + "." + name))
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .map(dependency -> dependency.getTargetClass().getPackageName())
                .filter(target -> target.startsWith(ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<JavaPackage> packagesOfTheHouse() {
        List<JavaPackage> packages = new ArrayList<>();
        packages.add(CLASSES.getPackage(ROOT));
        ORDER.forEach(name -> packages.add(CLASSES.getPackage(ROOT + "." + name)));
        return packages;
    }
}
