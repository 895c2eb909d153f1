package dev.procura.gateway.deploy;

import static dev.procura.gateway.deploy.Chart.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.LintResult;
import dev.procura.gateway.deploy.Chart.Part;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** {@code deploy/helm/procura}, linted and rendered by Helm. */
final class ChartTest {

    private static final String CONFIG = """
            config:
              procura:
                issuers:
                  corp: { issuer: https://id.example.com, audiences: [gateway] }
                clients:
                  gateway: { issuer: https://id.example.com, dialect: rfc8693, client-id: gateway, client-secret: "${GATEWAY_SECRET}" }
                routes:
                  - id: orders
                    path: /orders/**
                    uri: https://orders.internal:8443
                    require: { audiences: [gateway] }
                    credential: { on-behalf-of: gateway, audience: orders-api }
            """;

    @Test
    void helmHasNothingToSayAgainstIt() {
        LintResult result = Chart.lint();

        assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
    }

    @Test
    void withoutAConfigurationNothingIsInstalled() {
        assertThatThrownBy(() -> Chart.render("replicas: 1")).hasMessageContaining("config.procura is missing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "replica: 3",
                "drainSeconds: -1",
                "drainSeconds: 5s",
                "image: { digest: latest }",
                "secrets: [Not_A_Name]",
                "autoscaling: { targetCPUUtilizationPercentage: 0 }"
            })
    void whatCannotBeMeantIsRefused(String value) {
        assertThatThrownBy(() -> Chart.render(CONFIG + value))
                .hasMessageContaining("values don't meet the specifications of the schema");
    }

    /** The chart's own variable would win, and nobody would know why. */
    @Test
    void aDrainThatWouldDoNothingIsRefused() {
        assertThatThrownBy(() -> Chart.render(CONFIG.replace("  procura:\n", "  procura:\n    drain: 20s\n")))
                .hasMessageContaining("drainSeconds");
        assertThatThrownBy(() -> Chart.render(CONFIG + "drainSeconds: 30")).hasMessageContaining("finishSeconds");
    }

    /** The chart's variables, services and probes would not follow: a rolling update would end with nobody served. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "config: { procura: { routes: [] }, server: { port: 9090 } }",
                "config: { procura: { routes: [] }, server.port: 9090 }",
                "config: { procura: { routes: [] }, server: { address: 127.0.0.1 } }",
                "config: { procura: { routes: [] }, management: { server: { port: 9090 } } }",
                "config: { procura: { routes: [] }, management.server: { address: 127.0.0.1 } }",
                "config: { procura: { routes: [] }, spring: { lifecycle: { timeoutPerShutdownPhase: 5s } } }",
                "config: { procura: { routes: [] }, procura.drain: 5s }",
                "config: |\n  procura: { drain: 5s }",
                "config: |\n  server:\n    port: 9090",
                "config: { procura: { routes: [] } }\nextraEnv: [{ name: PROCURA_DRAIN, value: 5s }]",
                "config: { procura: { routes: [] } }\nextraEnv: [{ name: SERVER_PORT, value: '9090' }]"
            })
    void whatTheChartItselfSetsIsRefusedElsewhere(String values) {
        assertThatThrownBy(() -> Chart.render(values))
                .hasMessageMatching("(?s).*(would do nothing: the chart sets it|cannot be set: ).*");
    }

    /** Helm takes numbers for numbers, also where they are names. */
    @Test
    void aConfigurationThatIsTextArrivesToTheLetter() {
        String text = """
                procura:
                  clients:
                    gateway: { client-id: 1e3, other: 312345678901234567, braces: "{{ .Values }}" }
                  routes: []
                """;

        Part map = only(Chart.render("config: |\n" + text.indent(2)), "ConfigMap");

        assertThat(map.at("data", "procura.yaml").value().toString().strip()).isEqualTo(text.strip());
    }

    @Test
    void theConfigurationArrivesAsItWasWritten() {
        Part map = only(Chart.render(CONFIG), "ConfigMap");

        Object arrived = new Yaml().load(map.at("data", "procura.yaml").value().toString());

        assertThat(arrived).isEqualTo(((Map<?, ?>) new Yaml().load(CONFIG)).get("config"));
        assertThat(container(Chart.render(CONFIG)).at("env").value().toString())
                .contains("SPRING_CONFIG_ADDITIONAL_LOCATION", "file:/config/procura.yaml");
    }

    @Test
    void aNewConfigurationIsANewPod() {
        assertThat(checksum(CONFIG)).isEqualTo(checksum(CONFIG));
        assertThat(checksum(CONFIG)).isNotEqualTo(checksum(CONFIG.replace("/orders/**", "/orders/v2/**")));
    }

    @Test
    void aPodHasNoRightsAndNothingToWriteTo() {
        List<Part> parts = Chart.render(CONFIG);
        Part pod = pod(parts);

        assertThat(pod.at("automountServiceAccountToken").value()).isEqualTo(false);
        assertThat(pod.at("enableServiceLinks").value()).isEqualTo(false);
        assertThat(pod.at("securityContext", "runAsNonRoot").value()).isEqualTo(true);
        assertThat(pod.at("securityContext", "seccompProfile", "type").value()).isEqualTo("RuntimeDefault");
        Part own = container(parts).at("securityContext");
        assertThat(own.at("readOnlyRootFilesystem").value()).isEqualTo(true);
        assertThat(own.at("allowPrivilegeEscalation").value()).isEqualTo(false);
        assertThat(own.at("capabilities", "drop").value()).isEqualTo(List.of("ALL"));
    }

    /** Its requests go elsewhere first, then it ends; and Kubernetes waits for that. */
    @Test
    void aPodThatEndsHasTheTimeForIt() {
        List<Part> parts = Chart.render(CONFIG + "drainSeconds: 20");

        assertThat(env(parts, "PROCURA_DRAIN")).isEqualTo("20s");
        assertThat(pod(parts).at("terminationGracePeriodSeconds").value()).isEqualTo(65);
        Part strategy = only(parts, "Deployment").at("spec", "strategy", "rollingUpdate");
        assertThat(strategy.at("maxUnavailable").value()).isEqualTo(0);
        Part readiness = container(parts).at("readinessProbe");
        assertThat(readiness.at("httpGet", "path").value()).isEqualTo("/actuator/health/readiness");
        assertThat((int) readiness.at("periodSeconds").value()
                        * (int) readiness.at("failureThreshold").value())
                .as("seconds until nobody sends requests any more")
                .isLessThan(10);
    }

    @Test
    void theKeysOfSecretsAreFilesAndProperties() {
        List<Part> parts = Chart.render(CONFIG + "secrets: [gateway.clients, redis]");

        assertThat(env(parts, "SPRING_CONFIG_IMPORT")).isEqualTo("configtree:/run/secrets/procura/*/");
        assertThat(container(parts).at("volumeMounts").value().toString())
                .contains("/run/secrets/procura/gateway.clients", "/run/secrets/procura/redis");
        assertThat(pod(parts).at("volumes").value().toString())
                .contains("secretName=gateway.clients", "secretName=redis", "name=secret-0", "name=secret-1");
        assertThat(Chart.text(CONFIG)).doesNotContain("SPRING_CONFIG_IMPORT");
    }

    @Test
    void replicasAreSpreadAndNeverAllDisturbedAtOnce() {
        List<Part> parts = Chart.render(CONFIG);

        assertThat(pod(parts)
                        .at("topologySpreadConstraints", 0, "labelSelector", "matchLabels")
                        .value())
                .isEqualTo(only(parts, "Deployment")
                        .at("spec", "selector", "matchLabels")
                        .value());
        assertThat(only(parts, "PodDisruptionBudget")
                        .at("spec", "maxUnavailable")
                        .value())
                .isEqualTo(1);
        assertThat(only(parts, "Deployment").at("spec", "replicas").value()).isEqualTo(2);
    }

    /** A number of replicas in the chart would undo what the autoscaler has decided, with every upgrade. */
    @Test
    void theAutoscalerDecidesAloneWhereThereIsOne() {
        List<Part> parts = Chart.render(CONFIG + "autoscaling: { enabled: true, maxReplicas: 9 }");

        assertThat(only(parts, "Deployment").at("spec").has("replicas")).isFalse();
        assertThat(only(parts, "HorizontalPodAutoscaler")
                        .at("spec", "maxReplicas")
                        .value())
                .isEqualTo(9);
    }

    @Test
    void healthAndMetricsAreForThoseWhoAreNamed() {
        List<Part> closed = Chart.render(CONFIG);
        assertThat(only(closed, "NetworkPolicy").at("spec", "ingress").value().toString())
                .contains("port=http")
                .doesNotContain("management");
        assertThat(only(closed, "Service").at("spec", "ports").value().toString())
                .doesNotContain("8081");

        Part open = only(Chart.render(CONFIG + """
                networkPolicy:
                  monitoring: [ { namespaceSelector: { matchLabels: { name: monitoring } } } ]
                  callers: [ { namespaceSelector: { matchLabels: { name: ingress } } } ]
                  egress: [ { to: [ { ipBlock: { cidr: 10.0.0.0/8 } } ] } ]
                """), "NetworkPolicy").at("spec");
        assertThat(open.at("ingress", 0, "from").value().toString()).contains("ingress");
        assertThat(open.at("ingress", 1, "from").value().toString()).contains("monitoring");
        assertThat(open.at("policyTypes").value()).isEqualTo(List.of("Ingress", "Egress"));
        assertThat(open.at("egress").value().toString()).contains("port=53", "10.0.0.0/8");
    }

    @Test
    void prometheusFindsThePortThatCallersDoNot() {
        List<Part> parts = Chart.render(CONFIG + "serviceMonitor: { enabled: true, labels: { release: prom } }");

        Part monitor = only(parts, "ServiceMonitor");
        assertThat(monitor.at("metadata", "labels", "release").value()).isEqualTo("prom");
        assertThat(monitor.at("spec", "jobLabel").value())
                .as("the label of the service that names the job of the alerts, procura")
                .isEqualTo("app.kubernetes.io/name");
        assertThat(parts.stream().filter(part -> part.kind().equals("Service")))
                .allSatisfy(service -> assertThat(service.at("metadata", "labels", "app.kubernetes.io/name")
                                .value())
                        .isEqualTo("procura"));
        assertThat(monitor.at("spec", "endpoints", 0, "path").value()).isEqualTo("/actuator/prometheus");
        Map<?, ?> wanted =
                (Map<?, ?>) monitor.at("spec", "selector", "matchLabels").value();
        List<Part> found = parts.stream()
                .filter(part -> part.kind().equals("Service"))
                .filter(part -> ((Map<?, ?>) part.at("metadata", "labels").value())
                        .entrySet()
                        .containsAll(wanted.entrySet()))
                .toList();
        assertThat(found)
                .singleElement()
                .satisfies(service -> assertThat(
                                service.at("spec", "ports", 0, "port").value())
                        .isEqualTo(8081));
    }

    @Test
    void anImageIsNamedByItsDigestWhereThereIsOne() {
        String digest = "sha256:" + "0".repeat(64);

        assertThat(container(Chart.render(CONFIG + "image: { repository: r/procura, digest: \"" + digest + "\" }"))
                        .at("image")
                        .value())
                .isEqualTo("r/procura@" + digest);
        assertThat(container(Chart.render(CONFIG)).at("image").value()).isEqualTo("procura/gateway:0.1.0-SNAPSHOT");
    }

    private static String checksum(String values) {
        return only(Chart.render(values), "Deployment")
                .at("spec", "template", "metadata", "annotations", "checksum/config")
                .value()
                .toString();
    }

    private static Part pod(List<Part> parts) {
        return only(parts, "Deployment").at("spec", "template", "spec");
    }

    private static Part container(List<Part> parts) {
        return pod(parts).at("containers", 0);
    }

    private static String env(List<Part> parts, String name) {
        return ((List<?>) container(parts).at("env").value())
                .stream()
                        .map(Part::new)
                        .filter(one -> one.at("name").value().equals(name))
                        .map(one -> one.at("value").value().toString())
                        .findFirst()
                        .orElseThrow();
    }
}
