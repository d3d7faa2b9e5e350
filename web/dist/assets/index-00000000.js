document.getElementById("page").textContent = "Nexus";
