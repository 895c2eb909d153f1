# An API of the compose file, out of the jar that `mvn package` has built.
ARG BASE=eclipse-temurin:25-jre
FROM ${BASE}
WORKDIR /app
COPY downstream-sample/target/downstream-sample.jar ./
USER 65532:65532
ENV SPRING_CONFIG_ADDITIONAL_LOCATION=file:/config/tier.yaml
EXPOSE 8080
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-jar", "/app/downstream-sample.jar"]
