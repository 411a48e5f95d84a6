/* What changes with the filters: fills, cells, points, numbered places, what is chosen, and where to look. */
(function () {
  var group = {{ this._parent.get_name() }};
  var data = {{ this.payload }};
  var safety = window.safety, map = safety.map, look = safety.look, at = safety.at;
  function number(value, digits) {
    return value.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }
  function square(c, r) {
    var s = data.cell;
    var x = data.west + c * s, y = data.south + r * s;
    return [at(x, y), at(x + s, y), at(x + s, y + s), at(x, y + s)];
  }

  safety.wardText = data.wardText;
  safety.wardFaces(data.wardFill, data.wardOn);
  if (data.chosenWard && safety.wards[data.chosenWard]) {
    group.addLayer(L.polygon(safety.wards[data.chosenWard].getLatLngs(),
      { pane: 'chosen', color: look.text, weight: 3, fill: false, interactive: false }));
  }

  var close = function () { return map.getZoom() >= 13.5; };
  /* A thick outline round a cell of four pixels would hide it: outlines grow when one comes close. */
  var outlined = [];
  var outline = function () { return close() ? 3 : 1.5; };

  /* cells: [column, row, fill class, expected or null, past, more than chance, grid reference] */
  data.cells.forEach(function (c) {
    var layer = L.polygon(square(c[0], c[1]), {
      pane: 'cells', stroke: true, color: c[5] ? look.accent : look.line, weight: c[5] ? outline() : 0.6,
      fillColor: look.ramp[c[2]], fillOpacity: 0.92
    });
    layer.bindTooltip(function () {
      return safety.lines([
        'Cell ' + c[6], c[3] === null ? null : number(c[3], 2) + ' ' + data.expectedWords, number(c[4], 0) + ' ' + data.pastWords, c[5] ? data.chanceWords : null
      ]);
    }, { sticky: true });
    if (c[5]) outlined.push(layer);
    group.addLayer(safety.hit(layer, 'cell', c[6]));
  });
  /* outlines of cells that are more than chance but not among the drawn: [column, row] */
  data.chanceOnly.forEach(function (c) {
    var layer = L.polygon(square(c[0], c[1]), { pane: 'cells', color: look.accent, weight: outline(), fill: false, interactive: false });
    outlined.push(layer);
    group.addLayer(layer);
  });
  /* density: [column, row, fill class, per square kilometre] */
  data.density.forEach(function (c) {
    group.addLayer(L.polygon(square(c[0], c[1]), {
      pane: 'cells', stroke: true, color: look.line, weight: 0.4, fillColor: look.ramp[c[2]], fillOpacity: 0.8, interactive: false
    }));
  });
  /* cells that hide what lies under them: west, south, east, north */
  safety.covered = data.cells.concat(data.density).map(function (c) {
    var s = data.cell, x = data.west + c[0] * s, y = data.south + c[1] * s;
    return [x, y, x + s, y + s];
  });
  safety.cover();
  /* areas smaller than wards: [code, fill class or null, lines of text, rings, more than chance, chosen] */
  data.areas.forEach(function (a) {
    var rings = a[3].map(function (polygon) { return polygon.map(function (ring) { return ring.map(function (p) { return at(p[0], p[1]); }); }); });
    var layer = L.polygon(rings, {
      pane: 'cells', color: a[4] ? look.accent : look.line, weight: a[4] ? outline() : 0.8, fillColor: a[1] === null ? look.land : look.ramp[a[1]], fillOpacity: 0.92
    });
    layer.bindTooltip(function () { return safety.lines(a[2]); }, { sticky: true });
    if (a[4]) outlined.push(layer);
    group.addLayer(safety.hit(layer, 'lsoa', a[0]));
    if (a[5]) group.addLayer(L.polygon(rings, { pane: 'chosen', color: look.text, weight: 3, fill: false, interactive: false }));
  });
  /* snap points: [x, y, count, text] */
  data.points.forEach(function (p) {
    var layer = L.circleMarker(at(p[0], p[1]), {
      pane: 'points', radius: 2 + 1.6 * Math.sqrt(p[2]), weight: 1, color: look.land, fillColor: look.circle, fillOpacity: 0.75
    });
    layer.on('add', function () { layer.getElement().setAttribute('tabindex', '-1'); });
    layer.bindTooltip(function () { return safety.lines([p[3], number(p[2], 0) + ' ' + data.pastWords]); }, { sticky: true });
    group.addLayer(layer);
  });
  data.chosenCells.forEach(function (c) {
    group.addLayer(L.polygon(square(c[0], c[1]), { pane: 'chosen', color: look.text, weight: 2.5, fill: false, interactive: false }));
  });

  /* patches, cells that can be clicked: [column, row, colour or null, words, grid reference] */
  data.patches.forEach(function (c) {
    var layer = L.polygon(square(c[0], c[1]), {
      pane: 'cells', stroke: true, color: look.line, weight: 0.3, opacity: 0.5, fillColor: c[2] || look.land, fillOpacity: c[2] ? 0.3 : 0
    });
    layer.bindTooltip(function () { return safety.lines(['Cell ' + c[4], c[3]]); }, { sticky: true });
    group.addLayer(safety.hit(layer, 'cell', c[4]));
  });
  /* outlines of areas, with a name where there is one: [name, colour, dashes, rings, spots where the name may stand, named elsewhere too] */
  safety.areas = [];
  data.outlines.forEach(function (o) {
    o[3].forEach(function (rings) {
      group.addLayer(L.polygon(rings.map(function (ring) { return ring.map(function (p) { return at(p[0], p[1]); }); }), {
        pane: 'chosen', color: o[1], weight: 2.5, dashArray: o[2] || null, fill: false, interactive: false
      }));
    });
    if (o[0]) safety.areas.push({ name: o[0], colour: o[1], spots: o[4].map(function (p) { return at(p[0], p[1]); }), listed: o[5] });
  });

  /* routes of patrols: [name of the base, colour, points from the base and back to it, and where ways are known
     instead of straight lines the legs: [1 for a broken line, points]] */
  var bases = Object.create(null);
  data.routes.forEach(function (r) {
    var points = r[2].map(function (p) { return at(p[0], p[1]); });
    (r[3] || [[0, r[2]]]).forEach(function (leg) {
      group.addLayer(L.polyline(leg[1].map(function (p) { return at(p[0], p[1]); }), {
        pane: 'chosen', color: r[1], weight: 3, dashArray: leg[0] ? '2 6' : null, interactive: false, className: 'map-route'
      }));
    });
    if (bases[r[0]]) return;
    bases[r[0]] = true;
    safety.areas.push({ name: r[0], colour: look.text, spots: [points[0]] });
  });

  /* places and stops: [number, x, y, share of the largest, more than chance, name, expected, past or null, chosen] */
  safety.circles = [];
  data.places.forEach(function (p, order) {
    var stop = typeof p[0] !== 'number', kind = stop ? 'Stop ' : 'Place ';
    var radius = function () { return stop ? 12 : close() ? 10 : 8 + 9 * Math.sqrt(p[3]); };
    var icon = function () {
      var d = 2 * radius(), element = document.createElement('div');
      element.textContent = p[0];
      element.className = 'map-place' + (p[4] ? ' chance' : '') + (p[8] ? ' chosen' : '');
      element.style.width = element.style.height = d + 'px';
      if (stop) element.style.fontSize = '11px';
      return L.divIcon({
        className: '', html: element, iconSize: [d, d], iconAnchor: [d / 2 - circle.dx, d / 2 - circle.dy], tooltipAnchor: [circle.dx, circle.dy]
      });
    };
    var circle = { radius: radius, ring: p[4] ? 3 : 0, dx: 0, dy: 0 };
    var marker = L.marker(at(p[1], p[2]), {
      pane: 'places', icon: icon(), title: '', alt: kind + p[0] + ': ' + p[5], zIndexOffset: 1000 * (order + 1), riseOnHover: true
    });
    marker.bindTooltip(function () {
      return safety.lines([
        p[0] + '. ' + p[5], p[6] === null ? null : number(p[6], p[6] < 1 ? 2 : 1) + ' ' + data.expectedWords, p[7] === null ? null : number(p[7], 0) + ' ' + data.pastWords, p[4] ? data.chanceWords : null
      ]);
    });
    safety.hit(marker, 'place', p[0]);
    marker.on('keydown', function (e) {
      if (e.originalEvent.key === 'Enter') marker.fire('click', { latlng: marker.getLatLng() }, true);
    });
    /* Before the group is on the map a marker has no element; its icon is made then as it was last set. */
    var named = function () {
      var element = marker.getElement();
      if (!element) return;
      element.setAttribute('aria-label', kind + p[0] + ': ' + p[5]);
      element.setAttribute('aria-pressed', p[8] ? 'true' : 'false');
    };
    marker.on('add', named);
    circle.redraw = function () { marker.setIcon(icon()); named(); };
    /* Step aside; the element stays, or a person on the keyboard would lose it. */
    circle.aside = function (dx, dy) {
      circle.dx = dx;
      circle.dy = dy;
      marker.options.icon.options.iconAnchor = [radius() - dx, radius() - dy];
      marker.options.icon.options.tooltipAnchor = [dx, dy];
      var element = marker.getElement();
      if (!element) return;
      element.style.marginLeft = dx - radius() + 'px';
      element.style.marginTop = dy - radius() + 'px';
    };
    circle.point = marker.getLatLng();
    group.addLayer(marker);
    safety.circles.push(circle);
  });

  /* Circles that would hide each other step aside, each with a line to the point that it stands for. */
  var leaders = L.layerGroup().addTo(group), GAP = 2, ROUNDS = 120, TURN = 2.4, SHORT = 4;
  function spread() {
    var home = safety.circles.map(function (c) { return map.project(c.point); });
    var now = home.map(function (p) { return { x: p.x, y: p.y }; });
    for (var round = 0, moved = true; moved && round < ROUNDS; round++) {
      moved = false;
      for (var i = 0; i < now.length; i++) for (var j = i + 1; j < now.length; j++) {
        var a = safety.circles[i], b = safety.circles[j], need = a.radius() + a.ring + b.radius() + b.ring + GAP;
        var dx = now[j].x - now[i].x, dy = now[j].y - now[i].y, d = Math.sqrt(dx * dx + dy * dy);
        if (d > need - 0.5) continue;
        moved = true;
        var push = (need - d) / 2;
        /* Two on one point part in a direction of their own, the same every time. */
        if (d < 0.01) { dx = Math.cos(TURN * j); dy = Math.sin(TURN * j); d = 1; }
        now[i].x -= push * dx / d;
        now[i].y -= push * dy / d;
        now[j].x += push * dx / d;
        now[j].y += push * dy / d;
      }
    }
    leaders.clearLayers();
    safety.circles.forEach(function (c, k) {
      var dx = now[k].x - home[k].x, dy = now[k].y - home[k].y;
      c.aside(dx, dy);
      if (Math.sqrt(dx * dx + dy * dy) < SHORT) return;
      leaders.addLayer(L.polyline([c.point, map.unproject(L.point(now[k].x, now[k].y))], {
        pane: 'chosen', color: look.text, weight: 1.5, interactive: false, className: 'map-leader'
      }));
      leaders.addLayer(L.circleMarker(c.point, {
        pane: 'chosen', radius: 2.5, color: look.land, weight: 1, fillColor: look.text, fillOpacity: 1, interactive: false, className: 'map-leader'
      }));
    });
  }
  if (safety.onzoom) map.off('zoomend', safety.onzoom);
  var wasClose = close();
  safety.onzoom = function () {
    if (close() !== wasClose) {
      wasClose = close();
      outlined.forEach(function (layer) { layer.setStyle({ weight: outline() }); });
      safety.circles.forEach(function (c) { c.redraw(); });
    }
    spread();
    safety.place();
  };
  map.on('zoomend', safety.onzoom);

  if (data.view && data.view.token !== safety.view) {
    var first = safety.view === null;
    safety.view = data.view.token;
    safety.fit(data.view.bounds, !first);
  }
  spread();
  safety.place();
})();
