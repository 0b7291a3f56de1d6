'use strict';
(function () {
  var PAUSE = 5000;
  var base = location.pathname.replace(/\/+$/, '');
  var live = document.getElementById('live');
  document.getElementById('json').href = base + '/status.json';

  function text(element, value) {
    // Only what changes: a live region tells every change.
    if (element && element.textContent !== value) {
      element.textContent = value;
    }
  }

  function named(elements, attribute, value) {
    for (var i = 0; i < elements.length; i++) {
      if (elements[i].getAttribute(attribute) === value) {
        return elements[i];
      }
    }
    return null;
  }

  function problem(each) {
    var item = document.createElement('li');
    item.className = each.level;
    var subject = document.createElement('strong');
    subject.textContent = each.subject;
    var todo = document.createElement('span');
    todo.className = 'todo';
    todo.textContent = 'Runbook: ';
    if (each.link && each.link.indexOf('https://') === 0) {
      var link = document.createElement('a');
      link.href = each.link;
      link.rel = 'noreferrer';
      link.textContent = each.runbook;
      todo.appendChild(link);
    } else {
      todo.appendChild(document.createTextNode(each.runbook));
    }
    item.append(subject, ' ' + each.text + ' ', todo);
    return item;
  }

  function problems(list, all) {
    var before = list.getAttribute('data-shown');
    var now = JSON.stringify(all);
    if (before !== now) {
      list.setAttribute('data-shown', now);
      list.replaceChildren.apply(list, all.map(problem));
      list.hidden = all.length === 0;
    }
  }

  function table(row, each) {
    Object.keys(each.shown).forEach(function (key) {
      var cell = named(row.cells, 'data-cell', key);
      if (cell) {
        text(cell, each.shown[key].text);
        cell.className = each.shown[key].level;
      }
    });
    var line = row.querySelector('svg');
    line.setAttribute('aria-label', each.trend.text);
    line.firstElementChild.setAttribute('d', each.trend.path);
  }

  function row(section, each) {
    var name = (each.values.table_schema ? each.values.table_schema + '.' : '') + each.values.table_name;
    var rows = section.querySelectorAll('tbody tr');
    for (var i = 0; i < rows.length; i++) {
      if (rows[i].getAttribute('data-table') === name
          && rows[i].getAttribute('data-topic') === each.values.topic) {
        return rows[i];
      }
    }
    return null;
  }

  /** Whether the page has all rows that the report has, and no others. */
  function sameRows(sinks) {
    var sections = document.querySelectorAll('section');
    return sections.length === sinks.length && sinks.every(function (sink) {
      var section = named(sections, 'data-sink', sink.name);
      return section
          && section.querySelectorAll('tbody tr').length === sink.tables.length
          && section.querySelectorAll('[data-task]').length === sink.tasks.length
          && sink.tables.every(function (each) { return row(section, each); });
    });
  }

  function show(report) {
    if (!sameRows(report.sinks)) {
      location.reload();
      return;
    }
    text(document.getElementById('summary'), report.summary);
    text(document.getElementById('at'), report.at);
    report.sinks.forEach(function (sink) {
      var section = named(document.querySelectorAll('section'), 'data-sink', sink.name);
      var state = section.querySelector('[data-state]');
      text(state, sink.state);
      state.className = 'badge ' + sink.level;
      var tasks = section.querySelectorAll('[data-task]');
      sink.tasks.forEach(function (task, i) {
        text(tasks[i], task.state);
        tasks[i].className = 'badge ' + task.level;
      });
      problems(section.querySelector('.problems'), sink.problems);
      sink.tables.forEach(function (each) { table(row(section, each), each); });
    });
  }

  function poll() {
    fetch(base + '/status.json', { cache: 'no-store' })
      .then(function (answer) {
        if (!answer.ok) {
          throw new Error('status ' + answer.status);
        }
        return answer.json();
      })
      .then(function (report) {
        show(report);
        text(live, '· live, every 5 seconds');
      })
      .catch(function (failure) {
        text(live, '· not live: the worker does not answer (' + failure.message + ')');
      })
      .then(function () {
        setTimeout(poll, PAUSE);
      });
  }

  text(live, '· live, every 5 seconds');
  setTimeout(poll, PAUSE);
}());
