/* What lies under the map: green, water, railways and roads on canvases below and above the lines of the wards. Only what is in view is drawn, once a move has ended. The file of it comes from this app (streets.py). */
(function () {
  var map = {{ this._parent.get_name() }};
  var sent = {{ this.payload }};
  var safety = window.safety, tint = sent.tint;
  var LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', BUCKET = 1500;
  var value = new Uint8Array(128);
  for (var i = 0; i < 64; i++) value[LETTERS.charCodeAt(i)] = i;

  /* Width in pixels by class at these zooms; nothing is drawn where it is 0. */
  var ZOOMS = [9, 10.5, 12, 13, 14, 15, 16, 17, 18];
  var WIDE = [
    [1.4, 1.8, 2.8, 3.8, 5.4, 8, 11.5, 16, 21],
    [0.9, 1.2, 2.0, 3.0, 4.6, 7, 10.5, 15, 20],
    [0, 0.7, 1.5, 2.3, 3.8, 6, 9.5, 14, 18],
    [0, 0, 0.9, 1.5, 2.8, 4.8, 8, 12.5, 17],
    [0, 0, 0, 0.7, 1.0, 3.6, 6.6, 10.5, 15],
    [0, 0, 0, 0, 0.7, 2.0, 3.8, 6, 9],
    [0, 0, 0, 0, 0, 0.9, 1.2, 1.5, 1.8]
  ];
  var RIVER = [0.6, 0.9, 1.3, 1.8, 2.6, 3.8, 6, 9, 13], STREAM = [0, 0, 0, 0.5, 0.8, 1.2, 1.8, 2.6, 3.6];
  var RAIL = [0.6, 0.8, 1.2, 1.7, 2.4, 3, 3.8, 4.8, 6];
  var EDGED = 1.8, PATH = 6, ACCESS = 5, OVER_FROM = 14.2, AT_ONCE = 16;
  function by(table, zoom) {
    if (zoom <= ZOOMS[0]) return table[0];
    for (var k = 1; k < ZOOMS.length; k++) {
      if (zoom > ZOOMS[k] && k < ZOOMS.length - 1) continue;
      if (table[k - 1] === 0 && zoom < ZOOMS[k] - 0.25) return 0;
      var share = Math.min(1, (zoom - ZOOMS[k - 1]) / (ZOOMS[k] - ZOOMS[k - 1]));
      return table[k - 1] + share * (table[k] - table[k - 1]);
    }
  }

  /* A line of whole metres; it is put on the flat of the map the first time that it is in view. */
  function read(text) {
    var points = [], x = 0, y = 0, at = 0, box = [Infinity, Infinity, -Infinity, -Infinity];
    function step() {
      var v = 0, shift = 0, letter;
      do {
        letter = value[text.charCodeAt(at++)];
        v |= (letter & 31) << shift;
        shift += 5;
      } while (letter & 32);
      return v & 1 ? -(v >> 1) : v >> 1;
    }
    while (at < text.length) {
      points.push(x += step(), y += step());
      if (x < box[0]) box[0] = x;
      if (y < box[1]) box[1] = y;
      if (x > box[2]) box[2] = x;
      if (y > box[3]) box[3] = y;
    }
    return { m: points, box: box, flat: null, name: '', number: '', level: 0 };
  }
  function flat(line) {
    if (line.flat) return line.flat;
    var made = new Float64Array(line.m.length);
    for (var k = 0; k < made.length; k += 2) {
      var p = map.project(safety.at(line.m[k], line.m[k + 1]), 0);
      made[k] = p.x;
      made[k + 1] = p.y;
    }
    line.m = null;
    return (line.flat = made);
  }
  /* Shapes by squares of the land, so that a move looks at few of them. */
  function Store(shapes) {
    var found = {};
    shapes.forEach(function (shape) {
      var key = Math.floor(shape.box[0] / BUCKET) + ',' + Math.floor(shape.box[1] / BUCKET);
      var own = found[key] || (found[key] = { box: shape.box.slice(), shapes: [] });
      own.box = [Math.min(own.box[0], shape.box[0]), Math.min(own.box[1], shape.box[1]), Math.max(own.box[2], shape.box[2]), Math.max(own.box[3], shape.box[3])];
      own.shapes.push(shape);
    });
    this.buckets = Object.keys(found).map(function (key) { return found[key]; });
  }
  function meet(a, b) { return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]; }
  Store.prototype.within = function (box) {
    var found = [];
    this.buckets.forEach(function (bucket) {
      if (meet(bucket.box, box)) bucket.shapes.forEach(function (shape) { if (meet(shape.box, box)) found.push(shape); });
    });
    return found;
  };
  /* Metres of a corner of the view: the way back from degrees, found by a few steps. */
  function metres(latlng) {
    var x = 0, y = 0;
    for (var k = 0; k < 4; k++) {
      var p = safety.at(x, y), e = safety.at(x + 100, y), n = safety.at(x, y + 100);
      var a = (e.lng - p.lng) / 100, b = (n.lng - p.lng) / 100, c = (e.lat - p.lat) / 100, d = (n.lat - p.lat) / 100;
      var u = latlng.lng - p.lng, v = latlng.lat - p.lat, det = a * d - b * c;
      x += (u * d - b * v) / det;
      y += (a * v - u * c) / det;
    }
    return [x, y];
  }
  function seen(bounds, edge) {
    var box = [Infinity, Infinity, -Infinity, -Infinity];
    [bounds.getTopLeft(), bounds.getTopRight(), bounds.getBottomLeft(), bounds.getBottomRight()].forEach(function (p) {
      var m = metres(map.layerPointToLatLng(p));
      box = [Math.min(box[0], m[0] - edge), Math.min(box[1], m[1] - edge), Math.max(box[2], m[0] + edge), Math.max(box[3], m[1] + edge)];
    });
    return box;
  }

  var land = null;
  function take(data) {
    function rows(list) {
      return new Store(list.map(function (row) {
        var lines = row.slice(1).map(read), box = lines[0].box.slice();
        lines.forEach(function (line) {
          box = [Math.min(box[0], line.box[0]), Math.min(box[1], line.box[1]), Math.max(box[2], line.box[2]), Math.max(box[3], line.box[3])];
        });
        return { kind: row[0], lines: lines, box: box };
      }));
    }
    land = {
      roads: data.roads.map(function (list, level) {
        var lines = [];
        list.forEach(function (row) {
          row.slice(2).forEach(function (text) {
            var line = read(text);
            line.name = row[0];
            line.number = row[1];
            line.level = level;
            lines.push(line);
          });
        });
        return new Store(lines);
      }),
      water: rows(data.water), waterways: rows(data.waterways), green: rows(data.green), railways: rows(data.railways),
      stations: data.stations
    };
  }

  /* A canvas that the library keeps in place through every move, and that draws one thing: what it is given to draw. */
  var Face = L.Canvas.extend({
    initialize: function (draw, pane) {
      L.Canvas.prototype.initialize.call(this, { pane: pane, padding: 0.12 });
      this._face = draw;
    },
    onAdd: function () {
      L.Canvas.prototype.onAdd.call(this);
      this._container.style.pointerEvents = 'none';
    },
    _draw: function () { if (land && this._bounds) this._face(this._ctx, this._bounds); },
    _onMouseMove: function () {}, _onClick: function () {}, _handleMouseOut: function () {}
  });
  function path(ctx, lines, zoom) {
    var scale = Math.pow(2, zoom), origin = map.getPixelOrigin(), least = 0.7;
    ctx.beginPath();
    lines.forEach(function (line) {
      var p = flat(line), x = p[0] * scale - origin.x, y = p[1] * scale - origin.y, last = p.length - 2;
      ctx.moveTo(x, y);
      for (var k = 2; k <= last; k += 2) {
        var nx = p[k] * scale - origin.x, ny = p[k + 1] * scale - origin.y;
        if (k < last && Math.abs(nx - x) < least && Math.abs(ny - y) < least) continue;
        ctx.lineTo(x = nx, y = ny);
      }
    });
  }
  function rings(shapes) {
    var found = [];
    shapes.forEach(function (shape) { found.push.apply(found, shape.lines); });
    return found;
  }
  /* Some lines at a time: one path of thousands that cross each other takes twice as long to fill in. */
  function stroke(ctx, lines, zoom, colour, wide, dash) {
    ctx.setLineDash(dash || []);
    ctx.strokeStyle = colour;
    ctx.lineWidth = wide;
    ctx.lineJoin = wide < EDGED ? 'bevel' : 'round';
    ctx.lineCap = dash || wide < EDGED ? 'butt' : 'round';
    for (var k = 0; k < lines.length; k += AT_ONCE) {
      path(ctx, lines.slice(k, k + AT_ONCE), zoom);
      ctx.stroke();
    }
  }
  function kinds(shapes, kind) { return shapes.filter(function (shape) { return shape.kind === kind; }); }

  function drawGround(ctx, bounds) {
    var zoom = map.getZoom(), box = seen(bounds, 20), quiet = safety.filled;
    path(ctx, safety.outline.map(function (line) { return line.read || (line.read = { m: line.m, box: null, flat: null }); }), zoom);
    ctx.fillStyle = tint.land;
    ctx.fill('evenodd');
    if (quiet) return;
    var green = land.green.within(box);
    if (zoom < 12.5) green = green.filter(function (s) { return (s.box[2] - s.box[0]) * (s.box[3] - s.box[1]) > 60000; });
    [[0, tint.green], [1, tint.wood]].forEach(function (g) {
      path(ctx, rings(kinds(green, g[0])), zoom);
      ctx.fillStyle = g[1];
      ctx.fill('evenodd');
    });
    var ways = land.waterways.within(box);
    [[1, STREAM], [0, RIVER]].forEach(function (w) {
      var wide = by(w[1], zoom);
      if (!wide) return;
      var lines = rings(kinds(ways, w[0]));
      stroke(ctx, lines, zoom, tint.shore, wide > 2.2 ? wide + 1.2 : wide);
      if (wide > 2.2) stroke(ctx, lines, zoom, tint.water, wide);
    });
    var shores = rings(land.water.within(box));
    path(ctx, shores, zoom);
    ctx.fillStyle = tint.water;
    ctx.fill('evenodd');
    stroke(ctx, shores, zoom, tint.shore, zoom < 12 ? 0.5 : 0.9);
  }

  function drawRoads(ctx, bounds) {
    var zoom = map.getZoom(), box = seen(bounds, 20), level, wide, sets = [];
    for (level = 0; level <= PATH; level++) {
      wide = by(WIDE[level], zoom);
      sets.push(wide ? land.roads[level].within(box) : []);
    }
    stroke(ctx, sets[PATH], zoom, tint.path, by(WIDE[PATH], zoom), [4, 2.5]);
    /* Edges of all, then faces of all, the main roads last: so that roads that meet flow into each other. */
    for (level = ACCESS; level >= 0; level--) {
      wide = by(WIDE[level], zoom);
      if (wide >= EDGED) stroke(ctx, sets[level], zoom, tint.edges[level], wide + (zoom < 14 ? 1.4 : zoom < 16 ? 1.8 : 2.2));
    }
    for (level = ACCESS; level >= 0; level--) {
      wide = by(WIDE[level], zoom);
      if (level === 2) railways(ctx, box, zoom);
      stroke(ctx, sets[level], zoom, wide < EDGED ? tint.thin[level] : tint.fills[level], wide);
    }
    if (zoom >= 11.5) land.stations.forEach(function (s) {
      var p = map.latLngToLayerPoint(safety.at(s[1], s[2])), r = zoom < 13 ? 2.5 : zoom < 15 ? 3.5 : 4.5;
      if (!bounds.contains(p)) return;
      ctx.fillStyle = tint.fills[3];
      ctx.fillRect(p.x - r, p.y - r, 2 * r, 2 * r);
      ctx.setLineDash([]);
      ctx.strokeStyle = tint.name;
      ctx.lineWidth = 1.6;
      ctx.strokeRect(p.x - r, p.y - r, 2 * r, 2 * r);
    });
  }
  function railways(ctx, box, zoom) {
    var wide = by(RAIL, zoom), lines = rings(land.railways.within(box)), dash = Math.max(4, 2.2 * wide);
    stroke(ctx, lines, zoom, tint.rail, wide);
    if (zoom >= 12.2) stroke(ctx, lines, zoom, tint.rail_dash, wide - Math.max(0.9, 0.3 * wide), [dash, dash]);
  }

  /* Close by, the edges of the streets go on over the cells; between them a cell keeps its colour, or its class could
     not be told. */
  function drawOver(ctx, bounds) {
    var zoom = map.getZoom(), box = seen(bounds, 20), scale = Math.pow(2, zoom), origin = map.getPixelOrigin(), level, wide;
    var cells = zoom < OVER_FROM ? [] : safety.covered.filter(function (c) { return meet(c, box); });
    if (!cells.length) return;
    ctx.save();
    ctx.beginPath();
    cells.forEach(function (c) {
      [[c[0], c[1]], [c[2], c[1]], [c[2], c[3]], [c[0], c[3]]].forEach(function (p, k) {
        var q = map.project(safety.at(p[0], p[1]), 0);
        ctx[k ? 'lineTo' : 'moveTo'](q.x * scale - origin.x, q.y * scale - origin.y);
      });
    });
    ctx.clip();
    for (level = ACCESS; level >= 0; level--) {
      wide = by(WIDE[level], zoom);
      if (wide) stroke(ctx, land.roads[level].within(box), zoom, tint.over, wide + 2);
    }
    ctx.globalCompositeOperation = 'destination-out';
    for (level = ACCESS; level >= 0; level--) {
      wide = by(WIDE[level], zoom);
      if (wide >= EDGED) stroke(ctx, land.roads[level].within(box), zoom, '#000', wide);
    }
    ctx.restore();
  }

  var over = new Face(drawOver, 'over'), faces = [new Face(drawGround, 'ground'), new Face(drawRoads, 'roads'), over];
  safety.ground = { Face: Face, tint: tint, by: by, wide: WIDE, flat: flat, seen: seen, within: function (level, box) { return land ? land.roads[level].within(box) : []; }, ready: false };
  safety.redraw = function () { faces.forEach(function (face) { if (face._ctx) face._update(); }); };
  safety.cover = function () { if (over._ctx) over._update(); };
  fetch(sent.url).then(function (answer) {
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }).then(function (data) {
    take(data);
    faces.forEach(function (face) { face.addTo(map); });
    safety.ground.ready = true;
    safety.wardsAnew();
    safety.place();
  }).catch(function (error) {
    safety.ground.failed = String(error);
    map.attributionControl.addAttribution('Streets could not be drawn: open the page again');
  });
})();
