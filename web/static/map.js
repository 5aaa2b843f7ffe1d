// The map: districts to click and results drawn as boxes. Without scripts the drawing and the
// form beside it do the same.
"use strict";

(() => {
  const place = document.getElementById("map");
  const plain = document.querySelector("[data-plain-map]");
  if (!place || typeof L === "undefined") return;

  const bounds = (text) => {
    const [west, south, east, north] = text.split(",").map(Number);
    return [[south, west], [north, east]];
  };
  place.hidden = false;
  plain.hidden = true;
  const map = L.map(place, { attributionControl: false, zoomSnap: 0.25, scrollWheelZoom: false });
  const all = L.latLngBounds([]);

  plain.querySelectorAll("a[data-box]").forEach((link) => {
    const box = bounds(link.dataset.box);
    const chosen = link.hasAttribute("aria-current");
    const shape = L.rectangle(box, {
      color: chosen ? "#0b539b" : "#5d6b78", weight: chosen ? 3 : 1, fillOpacity: chosen ? 0.3 : 0.55,
      fillColor: chosen ? "#0b539b" : "#fff",
    });
    const large = box[1][1] - box[0][1] > 0.2;
    shape.bindTooltip(link.dataset.name, large
      ? { permanent: true, direction: "center", className: "map-name" } : { sticky: true });
    const go = () => { window.location.href = link.href.baseVal || link.href; };
    shape.on("click", go);
    // By keyboard too: every district is a stop that tells its name and is chosen by Enter.
    shape.on("add", () => {
      const node = shape.getElement();
      node.setAttribute("role", "link");
      node.setAttribute("aria-label", link.dataset.name);
      node.setAttribute("tabindex", "0");
      node.addEventListener("keydown", (event) => { if (event.key === "Enter") go(); });
    });
    shape.addTo(map);
    all.extend(box);
  });

  let focus = all;
  const found = document.querySelectorAll("#results [data-box]");
  const sides = ["west", "south", "east", "north"].map((name) => document.getElementById(name));
  if (sides.every((input) => input.value !== "" && Number.isFinite(Number(input.value)))) {
    const box = bounds(sides.map((input) => input.value).join(","));
    L.rectangle(box, { color: "#a3201a", weight: 2, dashArray: "6 4", fill: false, interactive: false }).addTo(map);
    focus = L.latLngBounds(box).pad(0.3);
  }
  const [longitude, latitude, kilometres] = ["longitude", "latitude", "kilometres"]
    .map((name) => document.getElementById(name)).map((input) => input.value === "" ? NaN : Number(input.value));
  if ([longitude, latitude, kilometres].every(Number.isFinite) && kilometres > 0 && Math.abs(latitude) < 85) {
    // A circle knows its bounds only once the map has a view.
    L.circle([latitude, longitude], { radius: kilometres * 1000, color: "#a3201a", weight: 2, dashArray: "6 4", fill: false, interactive: false }).addTo(map);
    focus = L.latLng(latitude, longitude).toBounds(kilometres * 2000).pad(0.3);
  }
  found.forEach((line) => {
    const title = line.querySelector("a");
    L.rectangle(bounds(line.dataset.box), { color: "#0b539b", weight: 1, fillOpacity: 0.08 })
      .bindTooltip(title.textContent, { sticky: true })
      .on("click", () => { window.location.href = title.href; })
      .addTo(map);
  });
  map.fitBounds(focus);

  // Looking for what lies in the part of the map that is seen.
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = place.dataset.draw;
  place.after(button);
  button.addEventListener("click", () => {
    const seen = map.getBounds();
    [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()].forEach((value, i) => {
      sides[i].value = value.toFixed(4);
    });
    ["division", "longitude", "latitude", "kilometres"].forEach((name) => {
      document.getElementById(name).value = "";
    });
    document.getElementById("places").submit();
  });
})();
