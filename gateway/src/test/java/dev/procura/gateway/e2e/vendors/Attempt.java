package dev.procura.gateway.e2e.vendors;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.procura.gateway.e2e.callers.Token;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * A request of a caller.
 *
 * @param log every line that was written meanwhile, with its logger's name before it
 */
record Attempt(HttpResponse<String> answer, List<String> log) {

    static Attempt of(Vendor vendor, Token caller) {
        return of(vendor.id(), caller);
    }

    static Attempt of(String route, Token caller) {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        root.addAppender(appender);
        try {
            HttpResponse<String> answer = Vendors.gateway().get("/" + route + "/1", caller.text());
            return new Attempt(
                    answer,
                    new ArrayList<>(appender.list)
                            .stream()
                                    .map(event -> event.getLoggerName() + " " + event.getFormattedMessage())
                                    .toList());
        } finally {
            root.detachAppender(appender);
        }
    }

    int status() {
        return answer.statusCode();
    }

    String code() {
        return answer.body().replaceFirst("(?s).*\"code\":\"([a-z_]+)\".*", "$1");
    }

    List<String> challenges() {
        return answer.headers().allValues("WWW-Authenticate");
    }

    /** The lines of one logger, without its name. */
    List<String> log(String logger) {
        return log.stream()
                .filter(line -> line.startsWith(logger + " "))
                .map(line -> line.substring(logger.length() + 1))
                .toList();
    }

    /** All that a caller or an operator gets to see. */
    String everything() {
        return answer.body() + answer.headers().map() + log;
    }
}
