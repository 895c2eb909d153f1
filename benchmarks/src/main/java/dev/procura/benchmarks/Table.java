package dev.procura.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The outcome of a scenario, to be read by people and by programs.
 *
 * @param title what was asked
 * @param notes how it was measured, and what to think of it
 * @param columns the first names what each row is about
 * @param rows a text or a number for each column
 */
record Table(String title, List<String> notes, List<String> columns, List<List<Object>> rows) {

    static final class Builder {

        private final String title;
        private final List<String> notes = new ArrayList<>();
        private final List<String> columns;
        private final List<List<Object>> rows = new ArrayList<>();

        private Builder(String title, List<String> columns) {
            this.title = title;
            this.columns = columns;
        }

        Builder note(String note) {
            notes.add(note);
            return this;
        }

        /** @throws IllegalArgumentException when there are not as many as columns */
        Builder row(Object... cells) {
            if (cells.length != columns.size()) {
                throw new IllegalArgumentException(cells.length + " cells for " + columns);
            }
            rows.add(List.of(cells));
            return this;
        }

        Table build() {
            return new Table(title, List.copyOf(notes), columns, List.copyOf(rows));
        }
    }

    /** @throws IllegalArgumentException when two columns have one name: programs find them by it */
    static Builder of(String title, String... columns) {
        if (Set.copyOf(Arrays.asList(columns)).size() < columns.length) {
            throw new IllegalArgumentException("two columns of one name in " + List.of(columns));
        }
        return new Builder(title, List.of(columns));
    }

    Table with(String note) {
        List<String> more = new ArrayList<>(notes);
        more.add(note);
        return new Table(title, List.copyOf(more), columns, rows);
    }

    /** As Markdown. */
    String markdown() {
        StringBuilder text = new StringBuilder("### ").append(title).append("\n\n");
        text.append("| ").append(String.join(" | ", columns)).append(" |\n");
        text.append("|").append(" --- |".repeat(columns.size())).append('\n');
        for (List<Object> row : rows) {
            text.append("| ")
                    .append(String.join(" | ", row.stream().map(Table::cell).toList()))
                    .append(" |\n");
        }
        notes.forEach(note -> text.append('\n').append(note).append('\n'));
        return text.toString();
    }

    private static String cell(Object value) {
        return value instanceof Double number ? number(number) : value.toString();
    }

    /** Three digits that count: more would be believed. */
    static String number(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }

    /** The same for programs, with every digit. */
    Map<String, Object> json() {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (List<Object> row : rows) {
            Map<String, Object> object = new LinkedHashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                object.put(columns.get(i), row.get(i));
            }
            objects.add(object);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("title", title);
        all.put("rows", objects);
        all.put("notes", notes);
        return all;
    }
}
