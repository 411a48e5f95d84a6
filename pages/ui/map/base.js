/* The part of the map that does not change with the filters: wards, outline, labels, controls.
   Everything that came from a file arrives as JSON and is written with textContent, never as HTML.
   Coordinates are whole metres from the south-west corner; at() turns them into degrees. */
(function () {
  var map = {{ this._parent.get_name() }};
  var base = {{ this.payload }};
  var look = base.look;

  function at(x, y) {
    var u = x / base.local.scale, v = y / base.local.scale, lat = 0, lng = 0;
    base.local.powers.forEach(function (p, k) {
      var term = Math.pow(u, p[0]) * Math.pow(v, p[1]);
      lng += base.local.longitude[k] * term;
      lat += base.local.latitude[k] * term;
    });
    return L.latLng(lat, lng);
  }
  function box(b) { return L.latLngBounds([at(b[0], b[1]), at(b[2], b[1]), at(b[0], b[3]), at(b[2], b[3])]); }
  function lines(rows) {
    var element = document.createElement('div');
    rows.filter(Boolean).forEach(function (text, k) {
      var row = document.createElement(k ? 'div' : 'strong');
      row.textContent = text;
      element.appendChild(row);
    });
    return element;
  }

  var style = document.createElement('style');
  style.textContent =
    'html,body{margin:0;overflow:hidden}.leaflet-container{background:' + look.water + ';font:12px "Source Sans","Source Sans Pro",sans-serif}' +
    '.map-label{white-space:nowrap;pointer-events:none;line-height:14px;text-shadow:' +
    ['1px 1px', '-1px 1px', '1px -1px', '-1px -1px', '0 0 4px'].map(function (o) {
      return o + (o.length > 5 ? ' ' : ' 1px ') + look.land;
    }).join(',') + '}' +
    '.map-area{transform:translate(-50%,-50%);position:absolute;white-space:nowrap;font:600 12px sans-serif;padding:0 4px;' +
    'border-radius:3px;border:1.5px solid;color:' + look.text + ';background:' + look.land + '}' +
    '.map-label.ward{color:' + look.muted + ';font-size:11px}' +
    '.map-label.place{color:' + look.text + ';font-size:11px;font-weight:600}' +
    '.map-label.place.city,.map-label.place.town{font-size:14px;font-weight:700}' +
    '.map-label.place.suburb,.map-label.place.village{font-size:12px}' +
    '.map-label.station{color:' + look.text + ';font-size:11px;font-weight:600;padding-left:8px}' +
    '.map-label.lake{color:' + look.lake + ';font-size:11px;font-style:italic}' +
    '.map-label.park{color:' + look.park + ';font-size:11px;font-style:italic}' +
    '.map-label.street{color:' + look.label + ';font-size:11px;font-style:italic}' +
    '.map-label.township{color:' + look.label + ';font-size:12px;font-weight:700;letter-spacing:.08em;text-transform:uppercase}' +
    '.map-place{display:flex;align-items:center;justify-content:center;border-radius:50%;box-sizing:border-box;' +
    'background:' + look.circle + ';color:' + look.on_circle + ';border:2px solid ' + look.land + ';font-weight:700;cursor:pointer}' +
    '.map-place.chance{box-shadow:0 0 0 3px ' + look.accent + '}' +
    '.map-place.chosen{outline:3px solid ' + look.text + ';outline-offset:3px}' +
    '.leaflet-container :focus-visible,.leaflet-container:focus-visible{outline:3px solid ' + look.text + ' !important;outline-offset:2px}' +
    '.leaflet-container:focus-visible{outline-offset:-3px}' +
    '.leaflet-marker-icon:focus-visible{border-radius:50%;z-index:100000 !important}' +
    '.leaflet-tooltip{background:' + look.land + ';color:' + look.text + ';border-color:' + look.line + '}' +
    '.leaflet-tooltip:before{display:none}' +
    '.leaflet-bar a,.leaflet-bar a.leaflet-disabled{background:' + look.land + ';color:' + look.text + '}' +
    '.leaflet-control-attribution,.leaflet-control-scale-line{background:' + look.land + 'CC !important;color:' + look.muted +
    ' !important;border-color:' + look.line + ' !important;text-shadow:none !important}' +
    '.leaflet-control-attribution{font-size:9px;text-align:right}' +
    '.small .leaflet-control-attribution{font-size:8.5px;line-height:1.2}' +
    '.map-mark{font:700 22px sans-serif;letter-spacing:.2em;color:' + look.text + ';opacity:.28;pointer-events:none}';
  document.head.appendChild(style);
  map.getContainer().setAttribute('role', 'region');
  map.getContainer().setAttribute('aria-label', base.alt);
  /* The library calls the frame by its own name, and forbids zooming in it. */
  if (window.frameElement) window.frameElement.setAttribute('aria-label', base.alt);
  document.querySelectorAll('meta[name=viewport]').forEach(function (meta) { meta.content = 'width=device-width, initial-scale=1'; });

  /* One finger scrolls the page that the map lies in; two fingers move the map and zoom in it. */
  if (window.matchMedia('(pointer: coarse)').matches) map.dragging.disable();

  [['ground', 340], ['wards', 350], ['roads', 360], ['cells', 380], ['over', 385], ['points', 390], ['chosen', 400], ['names', 610], ['labels', 620], ['places', 640]].forEach(function (p) {
    map.createPane(p[0]).style.zIndex = p[1];
  });
  ['ground', 'roads', 'over', 'names', 'labels'].forEach(function (name) { map.getPane(name).style.pointerEvents = 'none'; });
  map.attributionControl.setPrefix(false);
  map.attributionControl.setPosition('bottomleft'); /* the scale stands on it, away from where the area begins */
  var credit = document.createElement('span');
  credit.textContent = base.attribution;
  map.attributionControl.addAttribution(credit.innerHTML);
  L.control.scale({ imperial: false, maxWidth: 90, position: 'bottomleft' }).addTo(map);
  if (base.mark) {
    var mark = L.control({ position: 'topright' });
    mark.onAdd = function () {
      var element = L.DomUtil.create('div', 'map-mark');
      element.textContent = base.mark;
      return element;
    };
    mark.addTo(map);
  }

  var clicks = 0;
  /* What a click hands back to Python: what was hit, and a count, so that hitting it twice is two events. */
  function hit(layer, kind, id) {
    layer.on('click', function () { clicks += 1; });
    /* A browser gives every shape with a tooltip a stop of its own: hundreds of them. The lists choose wards and cells. */
    layer.on('add', function () {
      var element = layer.getElement && layer.getElement();
      if (element && element.tagName === 'path') element.setAttribute('tabindex', '-1');
    });
    layer.toGeoJSON = function () {
      return { type: 'Feature', properties: { kind: kind, id: id, click: clicks }, geometry: null };
    };
    return layer;
  }

  /* The face of a ward: a colour of its own, or the land; where streets lie under it, it lets them through. */
  function face(fill, on) {
    if (fill !== undefined) return { fillColor: fill, fillOpacity: 0.9 };
    if (safety && safety.ground && safety.ground.ready) return { fillColor: look.water, fillOpacity: on ? 0 : 0.6, dashArray: '7 3 2 3' };
    return { fillColor: look.land, fillOpacity: on ? 1 : 0.35 };
  }
  var wards = Object.create(null), wardGroup = L.featureGroup([], { pane: 'wards' });
  base.wards.forEach(function (ward) {
    var rings = ward.rings.map(function (polygon) {
      return polygon.map(function (ring) { return ring.map(function (p) { return at(p[0], p[1]); }); });
    });
    var layer = L.polygon(rings, L.extend({ pane: 'wards', color: look.line, weight: 1 }, face(undefined, true)));
    layer.bindTooltip(function () { return lines([ward.name].concat(safety.wardText[ward.code] || [])); }, { sticky: true });
    wards[ward.code] = hit(layer, 'ward', ward.code);
    wardGroup.addLayer(layer);
  });
  wardGroup.addTo(map);
  var outline = [];
  base.outline.forEach(function (polygon) {
    polygon.forEach(function (ring) {
      outline.push({ m: [].concat.apply([], ring) });
      L.polyline(ring.map(function (p) { return at(p[0], p[1]); }),
        { pane: 'wards', color: look.line, weight: 2.5, interactive: false }).addTo(map);
    });
  });

  /* Labels: the most important first, each only where nothing else is; on a map of this many pixels townships alone. */
  var SMALL = 130000;
  var labels = base.labels.map(function (l) {
    return { kind: l[0], text: l[1], point: at(l[2], l[3]), side: l[4], from: l[5], to: l[6] };
  });
  var shown = L.layerGroup().addTo(map);
  var LETTER = { township: 9.6, 'place city': 8, 'place town': 8, 'place suburb': 6.8, 'place village': 6.8 };
  function place() {
    shown.clearLayers();
    safety.small = map.getSize().x * map.getSize().y < SMALL;
    map.getContainer().classList.toggle('small', safety.small);
    var zoom = map.getZoom(), size = map.getSize(), taken = safety.circles.map(function (c) {
      var p = map.latLngToContainerPoint(c.point), x = p.x + c.dx, y = p.y + c.dy, r = c.radius() + 2;
      return [x - r, y - r, x + r, y + r];
    });
    var frame = map.getContainer(), edge = frame.getBoundingClientRect();
    frame.querySelectorAll('.leaflet-control-zoom,.leaflet-bottom .leaflet-control').forEach(function (control) { /* and credits, scale */
      var own = control.getBoundingClientRect();
      taken.push([own.left - edge.left, own.top - edge.top, own.right - edge.left, own.bottom - edge.top]);
    });
    if (base.mark) taken.push([size.x - 190, 0, size.x, 44]);
    function free(b) {
      return !taken.some(function (t) { return t[0] < b[2] && b[0] < t[2] && t[1] < b[3] && b[1] < t[3]; });
    }
    function write(l) {
      if (zoom < l.from || zoom > l.to) return;
      var p = map.latLngToContainerPoint(l.point);
      if (p.x < 0 || p.y < 0 || p.x > size.x || p.y > size.y) return;
      var wide = l.text.length * (LETTER[l.kind] || 6.2) + (l.kind === 'station' ? 12 : 4);
      var left = l.side < 0 ? p.x - wide : l.side > 0 ? p.x : p.x - wide / 2;
      if (l.side && left < 2) left = 2;
      if (l.side && left + wide > size.x - 2) left = size.x - 2 - wide;
      var b = [left, p.y - 7, left + wide, p.y + 7];
      if (b[0] < 0 || b[2] > size.x || !free(b)) return;
      taken.push(b);
      var element = document.createElement('div');
      element.textContent = l.text;
      L.marker(l.point, {
        pane: 'labels', interactive: false, keyboard: false,
        icon: L.divIcon({ className: 'map-label ' + l.kind, html: element, iconSize: null, iconAnchor: [p.x - left, 7] })
      }).addTo(shown);
    }
    /* The name of an area stands where nothing else does, or beside it; else at its first spot, but where a list names it. */
    function name(area) {
      var half = area.name.length * 3.6 + 6, tried = [];
      [[0, 0], [0, 24], [0, -24], [half + 16, 0], [-half - 16, 0], [0, 44], [0, -44]].forEach(function (step) {
        area.spots.forEach(function (spot) {
          var p = map.latLngToContainerPoint(spot), x = p.x + step[0], y = p.y + step[1];
          tried.push({ spot: spot, step: step, box: [x - half, y - 9, x + half, y + 9] });
        });
      });
      var found = tried.find(function (t) {
        return t.box[0] > 0 && t.box[1] > 0 && t.box[2] < size.x && t.box[3] < size.y && free(t.box);
      }) || (area.listed ? null : tried[0]);
      if (!found) return;
      taken.push(found.box);
      var element = document.createElement('div');
      element.className = 'map-area';
      element.style.borderColor = area.colour;
      element.textContent = area.name;
      L.marker(found.spot, {
        pane: 'places', interactive: false, keyboard: false,
        icon: L.divIcon({ className: '', html: element, iconSize: [0, 0], iconAnchor: [-found.step[0], -found.step[1]] })
      }).addTo(shown);
    }
    var townships = labels.filter(function (l) { return l.kind === 'township'; });
    townships.forEach(write);
    safety.areas.forEach(name);
    if (!safety.small) labels.forEach(function (l) { if (l.kind !== 'township' && l.kind !== 'street') write(l); });
    if (safety.names) safety.names(taken);
    labels.forEach(function (l) { if (l.kind === 'street') write(l); });
  }

  var safety = window.safety = {
    map: map, at: at, box: box, lines: lines, hit: hit, wards: wards, look: look, wardText: {}, circles: [], areas: [], place: place, view: null,
    outline: outline, filled: false, small: false, ground: null, names: null, redraw: function () {}, covered: [], cover: function () {},
    /* Colours of wards, by code, and those that are not faint. */
    wardFaces: function (fills, on) {
      safety.wardsAnew = function () {
        Object.keys(wards).forEach(function (code) {
          wards[code].setStyle(L.extend({ color: look.line, weight: 1 }, face(fills[code], !on || on.indexOf(code) >= 0)));
        });
        var filled = Object.keys(fills).length > 0;
        if (filled !== safety.filled) {
          safety.filled = filled;
          safety.redraw();
        }
      };
      safety.wardsAnew();
    }
  };
  safety.wardFaces({}, null);
  /* The page's style sheet gives the frame the height of a tall screen: the map fills the frame, whatever it was asked for. */
  var container = map.getContainer(), looked = base.bounds, touched = false;
  container.style.height = '100vh';
  map.invalidateSize(false);
  ['pointerdown', 'wheel', 'keydown'].forEach(function (kind) {
    container.addEventListener(kind, function () { touched = true; }, { capture: true, passive: true });
  });
  function fit(animate) {
    map.fitBounds(box(looked), { paddingTopLeft: [8, 8], paddingBottomRight: [8, 20], maxZoom: 15.5, animate: animate });
  }
  safety.fit = function (bounds, animate) {
    looked = bounds;
    touched = false;
    fit(animate);
  };
  map.on('moveend zoomend resize', place);
  /* A frame that grows, or had no size yet, shows what it was sent to, unless a person moved the map since. */
  map.on('resize', function () { if (!touched) fit(false); });
  fit(false);
  place();
})();
