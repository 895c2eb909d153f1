package dev.procura.gateway.e2e.callers;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * A request of one row.
 *
 * @param log every line that was written meanwhile, with its logger's name before it
 */
record Attempt(HttpResponse<String> answer, List<String> log) {

    static Attempt of(Callers callers, Row row) {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        root.addAppender(appender);
        try {
            HttpRequest.Builder request = callers.gateway().request("/" + row.route() + "/1");
            if (!row.token().isEmpty()) {
                request.header("Authorization", "Bearer " + row.token());
            }
            HttpResponse<String> answer = callers.gateway().send(request.build());
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
}
