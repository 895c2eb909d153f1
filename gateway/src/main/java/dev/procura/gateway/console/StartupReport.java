package dev.procura.gateway.console;

import dev.procura.gateway.inbound.Issuers;
import dev.procura.gateway.route.Routes;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationListener;

/** Says once, at the start, what each route does, and what about it deserves a second look. */
public final class StartupReport implements ApplicationListener<ApplicationStartedEvent> {

    private static final Logger log = LoggerFactory.getLogger("procura.startup");

    private final String table;
    private final List<String> warnings;

    /** @param insecureKeys the configuration blocks that say {@code insecure-http: true} */
    public StartupReport(Issuers issuers, Routes routes, List<String> insecureKeys, boolean userContextKeysInMemory) {
        this.table = RouteTable.of(routes);
        this.warnings = Warnings.of(issuers, routes, insecureKeys, userContextKeysInMemory);
    }

    @Override
    public void onApplicationEvent(ApplicationStartedEvent event) {
        log.info("{} route(s){}{}", table.lines().count() - 1, System.lineSeparator(), table);
        warnings.forEach(log::warn);
    }
}
